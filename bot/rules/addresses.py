"""What an owner may write down as an address on the web. Where a call may go is judged later, when its name is resolved."""

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Whether this is an http or https address with a host and, if it names one, a port that exists."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
