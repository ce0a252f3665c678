"""Stand-ins for Flowhub, Leafly and Slack, spoken to only over the wire."""
