"""Connecting stores, checking that all holds, pausing and removing them: verbs that people in Slack and `doctor` share."""
