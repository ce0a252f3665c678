"""Order Ahead: the order desk in Slack for cannabis dispensaries."""

__version__ = "0.1.0"
