"""Encryption of secrets and personal columns at rest, and the signatures of our own postback addresses.

Keys are Fernet keys (`orderahead keys new` makes one), newest first: the first one seals, all of them open, so a key is
rotated by putting a new one in front and sealing anew (`store/keys.py`). Nothing here knows what it seals.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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

    def new_data_key(self) -> str:
        """A key for an account's personal data, sealed: to rotate the vault's keys, only this is sealed anew."""
        return self.seal(b64encode(AESGCM.generate_key(256)).decode())

    def data_key(self, sealed: str) -> "DataKey":
        """Raises Unreadable when none of the keys opens it."""
        return DataKey(b64decode(self.open(sealed)))


NONCE_BYTES = 12
PRINT_BYTES = 16
NONCES_AT_ONCE = 256
"""Asking the system for one takes as long as sealing with it."""

_nonces: deque[bytes] = deque()
os.register_at_fork(after_in_child=_nonces.clear)  # a nonce that two processes have is a key that is lost


class DataKey:
    """Seals an account's many small values, each in 2 µs and 28 bytes more, where the vault itself takes 30 µs and twice the
    size. Without it they are nothing: whoever forgets the key forgets the account."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._key = key

    def __reduce__(self) -> tuple[Any, ...]:
        """For a pipe to a process of ours, and nothing else: this is the bare key."""
        return DataKey, (self._key,)

    def seal(self, value: bytes, about: str) -> bytes:
        """`about` names where the value belongs; it opens nowhere else."""
        nonce = _nonce()
        return nonce + self._cipher.encrypt(nonce, value, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Raises Unreadable when it was sealed with another key or for another place."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise Unreadable("A sealed value does not belong where it was found.") from None

    def printer(self, kind: str) -> Callable[[bytes], bytes]:
        """Makes prints of one kind: equal values have equal prints, and a print tells nothing without the key.

        Half of the hash is kept, so that it can't be continued; HMAC would say no more and take twice as long.
        """
        secret = hmac.new(self._key, f"orderahead print {kind}".encode(), hashlib.sha256).digest()
        return lambda value: hashlib.sha256(secret + value).digest()[:PRINT_BYTES]


def _nonce() -> bytes:
    """One that nobody else gets: taking it out is one step, whichever thread does it."""
    while True:
        try:
            return _nonces.popleft()
        except IndexError:
            random = os.urandom(NONCE_BYTES * NONCES_AT_ONCE)
            _nonces.extend(random[at : at + NONCE_BYTES] for at in range(0, len(random), NONCE_BYTES))


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:43]
