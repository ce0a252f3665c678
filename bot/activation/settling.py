"""What the settings' stores have to do with those that were connected from Slack."""

from collections.abc import Sequence

from bot.errors import Misconfigured
from bot.rules.stores import Credentials, Origin, Store, StoreState
from bot.store import Tx, stores


async def settle_with_connected(tx: Tx, book: Sequence[tuple[Store, Credentials]]) -> None:
    """A connected store of an account that the settings name has the settings' pair. Raises Misconfigured when one store
    is in both: two desks for one location would place each order twice."""
    known = await stores.known(tx)
    connected = [one for one in known if one.origin is Origin.SLACK and one.state is not StoreState.REMOVED]
    for one in connected:
        if one.credentials is None or one.store.workspace:
            continue
        for store, credentials in book:
            if store.location_id == one.store.location_id or store.channel == one.store.channel:
                raise Misconfigured(
                    f"ORDERAHEAD_STORES_FILE: store {store.key} is connected from Slack already, as {one.store.key}. Take it "
                    "out of the settings, or remove it with /flowhub disconnect first."
                )
            if store.account == one.store.account:
                pair = {
                    "flowhub_client_id": credentials.flowhub_client_id,
                    "flowhub_key": credentials.flowhub_key,
                }
                changed = one.credentials.model_copy(update=pair)
                if changed != one.credentials:
                    await stores.set_credentials(tx, one.store.key, changed)
                break
