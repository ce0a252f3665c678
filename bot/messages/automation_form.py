"""The modal in which an automation is made or changed, with its text as a sample customer would read it."""

from collections.abc import Mapping, Sequence

from bot.messages.automations import ACTIONS, archive_confirm, archived
from bot.messages.forms import form, menu, paragraph, typed, under
from bot.messages.parts import Block, actions, button, clipped, context, divider, plain, section
from bot.rules.automation_form import LONGEST_NAME, Field, Typed, Wanted
from bot.rules.automations import Action, Automation, Happened, Measure

AUTOMATION_MODAL = "save_automation"
HOME = "home"
LONGEST_TEXT = 2_000
HAPPENINGS = {
    Happened.ORDER_RECEIVED: "An order is received",
    Happened.ENTERED: "A customer comes to a segment",
    Happened.LEFT: "A customer leaves a segment",
    Happened.REACHED: "A customer reaches a number",
    Happened.BIRTHDAY_WEEK: "It is the week of a customer's birthday",
}
MEASURES = {Measure.ORDERS: "Orders", Measure.SPENT: "Money spent", Measure.POINTS: "Loyalty points"}
STATES = {Wanted.ON: "On", Wanted.DRY: "Dry run: only noted in the audit log", Wanted.OFF: "Off"}
ANY = "any"
WEBHOOK_HINT = "For a webhook, which takes an owner. It tells Flowhub's id, what the customer agreed to, and the text."
SECRET_HINTS = {
    False: "whsec_…; left empty, one is made and shown once.",
    True: "There is one; type another to replace it.",
}


def automation_modal(
    metadata: str,
    typed_in: Typed,
    *,
    is_new: bool,
    segments: Sequence[tuple[str, str]],
    stores: Sequence[tuple[str, str]],
    tokens: Sequence[str],
    ref: str = "",
    has_secret: bool = False,
    preview: str | None = None,
    wrong: Mapping[Field, str] | None = None,
) -> Block:
    """`segments` and `stores` are names and keys, `tokens` what a text can name. `preview` is mrkdwn that can't mention, None
    when there is nothing to show yet; `ref` is what can be put away."""
    wrong = wrong or {}

    def beneath(field: Field, block: Block) -> list[Block]:
        return under(block, wrong.get(field, ""))

    happenings = [(name, key.value) for key, name in HAPPENINGS.items()]
    named = ", ".join(f"`profile.{token}`" for token in tokens)
    blocks = [
        *beneath(Field.NAME, typed(Field.NAME, "Name", initial=typed_in.name, most=LONGEST_NAME)),
        *beneath(Field.HAPPENED, menu(Field.HAPPENED, "When", happenings, initial=typed_in.happened)),
        *beneath(
            Field.SEGMENT,
            menu(
                Field.SEGMENT,
                "Segment",
                [("Any customer", ANY), *segments],
                initial=typed_in.segment or ANY,
                optional=True,
                hint="For coming, leaving, and orders: of an order, who it is from.",
            ),
        ),
        *beneath(
            Field.MEASURE,
            menu(
                Field.MEASURE,
                "What is counted",
                [(name, key.value) for key, name in MEASURES.items()],
                initial=typed_in.measure,
                optional=True,
                hint="For reaching a number.",
            ),
        ),
        *beneath(
            Field.THRESHOLD,
            typed(
                Field.THRESHOLD,
                "From which number on",
                initial=typed_in.threshold,
                optional=True,
                most=20,
                hint="10, or $500",
            ),
        ),
        divider(),
        *beneath(
            Field.ACTION,
            menu(
                Field.ACTION,
                "Then",
                [(words[0].upper() + words[1:], key.value) for key, words in ACTIONS.items()],
                initial=typed_in.action,
            ),
        ),
        *beneath(
            Field.TEMPLATE,
            paragraph(
                Field.TEMPLATE,
                "Text",
                initial=typed_in.template,
                most=LONGEST_TEXT,
                hint="Liquid, such as {{ profile.fh_total_orders }} or {% if profile.fh_isloyal %} … {% endif %}",
            ),
        ),
        *_preview(preview),
        actions("automation_preview", button("Preview the text", "preview_automation", metadata)),
        context(f"A text can name {named}."),
        *beneath(
            Field.POST_AT,
            menu(
                Field.POST_AT,
                "Post in the channel of",
                [("The customer's home store", HOME), *stores],
                initial=typed_in.post_at or HOME,
                optional=True,
            ),
        ),
        *beneath(
            Field.URL,
            typed(
                Field.URL,
                "Webhook's address",
                initial=typed_in.url,
                optional=True,
                most=500,
                hint=WEBHOOK_HINT,
            ),
        ),
        *beneath(
            Field.SECRET,
            typed(
                Field.SECRET,
                "Signing secret",
                optional=True,
                most=120,
                hint=SECRET_HINTS[has_secret],
            ),
        ),
        divider(),
        *beneath(Field.CAP, typed(Field.CAP, "At most so many times a day", initial=typed_in.cap, most=6)),
        menu(
            Field.STATE,
            "It is",
            [(name, key.value) for key, name in STATES.items()],
            initial=typed_in.state or Wanted.DRY,
        ),
    ]
    if ref:
        blocks.append(
            actions("automation_archive", button("Archive", "archive_automation", ref, confirm=archive_confirm()))
        )
    title = "New automation" if is_new else "Change automation"
    return form(AUTOMATION_MODAL, title, blocks, submit="Save", private_metadata=metadata)


def _preview(text: str | None) -> list[Block]:
    if text is None:
        return []
    return [
        section(f"*A sample customer would read*\n> {clipped(text, 1000)}" if text else "_There would be no text._")
    ]


def archived_view(automation: Automation) -> Block:
    return form(AUTOMATION_MODAL, "Archived", [section(archived(automation))], close="Close")


def saved_view(automation: Automation, *, secret: str = "") -> Block:
    """What was saved. A `secret` that was made for it is shown here and never again."""
    how = STATES[
        Wanted.DRY if automation.dry_run and automation.is_on else Wanted.ON if automation.is_on else Wanted.OFF
    ]
    blocks = [section(f":white_check_mark: *{plain(automation.name, 60)}* is saved. {how}.")]
    if secret:
        blocks.append(section(f"Its webhooks are signed (Standard Webhooks) with this secret:\n```{secret}```"))
        blocks.append(context("It is shown only now. Put it into your tool before you close this."))
    elif automation.action is Action.WEBHOOK:
        blocks.append(context("Its webhooks are signed with the secret that your tool knows."))
    return form(AUTOMATION_MODAL, "Saved", blocks, close="Close")
