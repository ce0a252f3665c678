"""What somebody else starts: people in Slack, systems over HTTP. One file per thing the bot does.

Handlers are thin: acknowledge, read, one verb, answer.
"""
