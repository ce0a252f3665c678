"""Decisions: values in, values out. No clock, network, database or Slack below here; time arrives as `now`."""
