"""Encryption of secrets and personal columns at rest, and the signatures of our own postback addresses.

Keys are Fernet keys (`orderahead keys new` makes one), newest first: the first one seals, all of them open, so a key is
rotated by putting a new one in front and sealing anew (`store/keys.py`). Nothing here knows what it seals.
"""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import Misconfigured, Unreadable


def new_key() -> str:
    return Fernet.generate_key().decode()


class Vault:
    def __init__(self, keys: Sequence[str]) -> None:
        """Raises Misconfigured when a key is not a Fernet key or there is none."""
        try:
            each = [Fernet(key) for key in keys]
            self._fernet, self._newest = MultiFernet(each), each[:1]
        except ValueError:
            raise Misconfigured(
                "ORDERAHEAD_SECRET_KEYS must hold one or more keys, newest first, separated by commas. "
                "'orderahead keys new' makes one."
            ) from None
        self.prints = [hashlib.sha256(b"orderahead key " + key.encode()).hexdigest()[:16] for key in keys]
        """What tells the keys apart, newest first; a key can't be found from it."""
        self._signing_keys = [hashlib.sha256(b"orderahead postback " + key.encode()).digest() for key in keys]

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises Unreadable when none of the keys opens it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable("A sealed value can't be opened with the keys in ORDERAHEAD_SECRET_KEYS.") from None

    def sealed_anew(self, sealed: str) -> str | None:
        """The same under the newest key, None where it is that already. Raises Unreadable when none of the keys opens it."""
        try:
            self._newest[0].decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None

    def sign(self, text: str) -> str:
        """An unguessable, URL-safe companion of `text`, 43 characters."""
        return _signature(self._signing_keys[0], text)

    def signed(self, text: str, signature: str) -> bool:
        """Whether `signature` belongs to `text` under any key, in constant time."""
        given = signature.encode("utf-8", "replace")
        return any(hmac.compare_digest(_signature(key, text).encode(), given) for key in self._signing_keys)


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:43]
