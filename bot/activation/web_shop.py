"""A connected store's own web shop: the secret that both sides sign with, and where the shop hears of its orders."""

from dataclasses import dataclass

from bot.activation.rotating import must_be_from_slack
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused, Unavailable
from bot.rules.audit import Deed
from bot.rules.permissions import Person
from bot.rules.stores import Credentials, Store
from bot.store import stores
from bot.webhooks import is_secret, new_secret

SECRETS_ARE = "A secret is whsec_ and 24 to 64 bytes in base64."
IN_THE_FILE = "storefront_secret and storefront_webhook_url"


@dataclass(frozen=True)
class Asked:
    """What was filled in. Without an address the shop is told nothing; without a secret the present one stays, and where
    there is none, or `is_anew`, one is made."""

    url: str = ""
    secret: str = ""
    is_anew: bool = False


@dataclass(frozen=True)
class SetUp:
    """What is wrong with an address or a secret, and then nothing was changed; or the store, and the secret if one was made."""

    store: Store
    made: str = ""
    url_problem: str = ""
    secret_problem: str = ""

    @property
    def is_done(self) -> bool:
        return not (self.url_problem or self.secret_problem)


async def has_secret(desk: Desk, store: Store) -> bool:
    """Raises Refused for a store of the settings file."""
    await must_be_from_slack(desk, store, IN_THE_FILE)
    known = desk.credentials_at_rest(store.key)
    return known is not None and bool(known.storefront_secret)


async def set_up(desk: Desk, store: Store, person: Person, asked: Asked) -> SetUp:
    """Raises Refused for a store of the settings file, and Unavailable for the database."""
    has_one = await has_secret(desk, store)
    url_problem = ""
    if asked.url:
        try:
            await desk.webhooks.check(asked.url)
        except (Refused, Unavailable) as problem:
            url_problem = problem.sentence
    misshapen = bool(asked.secret) and not is_secret(asked.secret)
    if url_problem or misshapen:
        return SetUp(store, url_problem=url_problem, secret_problem=SECRETS_ARE if misshapen else "")
    made = "" if asked.secret or (has_one and not asked.is_anew) else new_secret()
    now = desk.now()
    async with desk.database.write() as tx:
        known = await stores.one(tx, store.key)
        if known is None or known.credentials is None:
            raise Refused(f"{store.name} is no longer connected.")
        changed = known.store.model_copy(update={"webhook_url": asked.url})
        credentials = _signed_with(known.credentials, asked.secret or made)
        await stores.put(tx, changed, credentials, now=now, origin=known.origin)
        await note_deed(tx, store, person, Deed.WEB_SHOP, store.key, now=now)
    await desk.load_stores()
    return SetUp(changed, made)


def _signed_with(credentials: Credentials, secret: str) -> Credentials:
    both = {"storefront_secret": secret, "storefront_webhook_secret": secret}
    return credentials.model_copy(update=both) if secret else credentials
