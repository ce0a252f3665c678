"""The modal of /flowhub webshop: where a store's own web shop sends its orders, and how both sides sign."""

from bot.messages.forms import form, ticks, typed
from bot.messages.parts import Block, context, plain, section
from bot.rules.stores import Store

WEB_SHOP_MODAL = "set_up_web_shop"
TITLE = "Your web shop"
URL, SECRET, ANEW = "url", "secret", "anew"


def web_shop_modal(store: Store, private_metadata: str, *, public_url: str, has_secret: bool) -> Block:
    name = plain(store.name, 60)
    blocks = [
        section(
            f"The web shop of *{name}* sends its orders here, and hears what becomes of them. Both are signed: the technical "
            "side is described on the bot's own page."
        ),
        *_address(store, public_url),
        typed(
            URL,
            "Where the shop hears of its orders",
            hint="An https address of the shop. Left empty, it is not told.",
            initial=store.webhook_url,
            optional=True,
            most=500,
        ),
        typed(
            SECRET,
            "Signing secret",
            hint="Left empty, the present one stays." if has_secret else "Left empty, one is made and shown once.",
            optional=True,
        ),
    ]
    if has_secret:
        blocks.append(ticks(ANEW, "Or", [("Make a new secret; the present one ends at once", ANEW)]))
    return form(WEB_SHOP_MODAL, TITLE, blocks, submit="Save", private_metadata=private_metadata)


def _address(store: Store, public_url: str) -> list[Block]:
    if not public_url:
        sentence = "No web shop can reach this bot yet: it has no address of its own (`ORDERAHEAD_PUBLIC_URL`)."
        return [section(f":warning: {sentence}")]
    return [
        section(f"It sends them to\n```{public_url}/orders?store={store.key}```"),
        context(f"How an order looks: {public_url}/docs. The signature is that of standardwebhooks.com."),
    ]


def saved(store: Store, *, secret: str = "") -> Block:
    """What holds now. A `secret` that was made is shown here and never again."""
    told = (
        f"It hears of its orders at {plain(store.webhook_url, 300)}."
        if store.webhook_url
        else "It sends orders and hears nothing of them, until it has an address here."
    )
    blocks = [section(f":white_check_mark: The web shop of {plain(store.name, 60)} is set up. {told}")]
    if secret:
        blocks.append(section(f"Both sides sign with this secret. It is shown now and never again:\n```{secret}```"))
    else:
        blocks.append(context("Both sides sign with the secret that the shop knows."))
    return form("web_shop_saved", TITLE, blocks, close="Done")
