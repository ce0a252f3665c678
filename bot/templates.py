"""The texts of automations: Liquid with the guide's tokens, in a world where nothing sensitive exists.

A text can show what staff may see of one customer and decide by it; it can't mention or link, take long, or grow large.
Whether a text is any good is found out when it is saved: each name and each filter in it must be known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from liquid import BoundTemplate, Environment, Mode, Node, RenderContext, StrictUndefined
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.expression import Expression

from bot.errors import Refused
from bot.messages.parts import escaped, unmarked
from bot.rules.order_values import GUEST, masked_name, printable
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts

LONGEST_SOURCE = 2_000
LONGEST_TEXT = 2_000
MOST_ROUNDS = 100
"""Of all loops together."""
MOST_KEPT = 5_000
"""Bytes in variables."""
LONGEST_VALUE = 80
MOST_NAMES = 10
"""Products and categories that a text can name; the last bought ones."""

TAGS = frozenset(
    {
        "if",
        "unless",
        "case",
        "for",
        "break",
        "continue",
        "assign",
        "capture",
        "echo",
        "comment",
        "#",
        "content",
        "output",
    }
    | {"illegal"}
)
"""Liquid's words without those that read other texts (include, render) or hide where a text goes wrong."""
FILTERS = frozenset(
    {
        "abs", "at_least", "at_most", "capitalize", "ceil", "compact", "default", "divided_by", "downcase", "first", "floor",
        "join", "last", "lstrip", "minus", "modulo", "plus", "reverse", "round", "rstrip", "size", "slice", "sort",
        "squish", "strip", "times", "truncate", "truncatewords", "uniq", "upcase",
    }
)  # fmt: skip
"""Those that make nothing out of a text that is many times as large, and decode nothing."""


class Dollars(float):
    """Can be compared and reckoned with, and reads as money does."""

    def __str__(self) -> str:
        return f"{self:.2f}"


class Names(tuple[str, ...]):
    """Can be looped over, and reads as a list does."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)


@dataclass(frozen=True)
class Shown:
    """What a text may know of a customer: this is its whole world, so that what is not here can't be written.

    `first_name` and `last_initial` are empty where names may not be shown. Days are ISO, empty where there is none.
    """

    fh_id: str
    first_name: str
    last_initial: str
    state: str
    home_store: str
    fh_isloyal: bool
    fh_points: int
    fh_products: tuple[str, ...]
    fh_categories: tuple[str, ...]
    fh_last_budtender: str
    fh_total_spent: Dollars
    fh_total_orders: int
    fh_last_ordertype: str
    fh_last_orderstatus: str
    fh_last_orderdate: str
    first_order_date: str
    consents_email: bool
    consents_sms: bool
    groups: tuple[str, ...]


def shown(facts: Facts, asof: Asof, *, first_name: str = "", last_name: str = "", home_store: str = "") -> Shown:
    """The names are left out by whoever may not show them; `home_store` is the store's name."""
    masked = masked_name(first_name, last_name)
    given, _, initial = masked.partition(" ") if masked != GUEST else ("", "", "")

    def day(moment: datetime | None) -> str:
        return asof.day_of(moment).isoformat() if moment else ""

    return Shown(
        fh_id=facts.fh_id,
        first_name=given,
        last_initial=initial,
        state=facts.state,
        home_store=home_store,
        fh_isloyal=facts.is_loyal,
        fh_points=facts.points,
        fh_products=facts.products,
        fh_categories=facts.categories,
        fh_last_budtender=facts.last_budtender,
        fh_total_spent=Dollars(facts.total_spent_cents / 100),
        fh_total_orders=facts.total_orders,
        fh_last_ordertype=facts.last_order_type,
        fh_last_orderstatus=facts.last_order_status,
        fh_last_orderdate=day(facts.last_order_at),
        first_order_date=day(facts.first_order_at),
        consents_email=facts.consents_email,
        consents_sms=facts.consents_sms,
        groups=facts.groups,
    )


TOKENS = tuple(field.name for field in fields(Shown))
"""`{{ profile.<token> }}`: names of `FIELDS`, and `last_initial`, which is all of a last name that a text can show."""

SAMPLE = Shown(
    fh_id="a7bbef36", first_name="Jonah", last_initial="R.", state="CO", home_store="Downtown", fh_isloyal=True,
    fh_points=120, fh_products=("Mesa Sunrise Pre-Roll", "Live Resin 1g"), fh_categories=("Pre-Rolls", "Concentrates"),
    fh_last_budtender="Imani", fh_total_spent=Dollars(412.5), fh_total_orders=9, fh_last_ordertype="in-store",
    fh_last_orderstatus="sold", fh_last_orderdate="2026-11-20", first_order_date="2025-04-02", consents_email=True,
    consents_sms=False, groups=("VIP",),
)  # fmt: skip
"""Nobody: for a preview where there is no customer yet."""
NOBODY = Shown("", "", "", "", "", False, 0, (), (), "", Dollars(0), 0, "", "", "", "", False, False, ())
"""Everything that can be empty is: what a text must be able to bear."""


def check(source: str) -> None:
    """Raises Refused with a sentence that names the line, when the text could not be shown for some customer."""
    template = _parsed(source)
    _refuse_unknown_names(template, source)
    _refuse_ranges(template.nodes, RenderContext(template))
    for sample in (SAMPLE, NOBODY):
        _rendered(template, sample)


def render(source: str, customer: Shown) -> str:
    """mrkdwn that formats as its author wrote it, and can't mention or link. Raises Refused when it can't be made."""
    return _rendered(_parsed(source), customer)


class _Desk(Environment):
    loop_iteration_limit = MOST_ROUNDS
    output_stream_limit = LONGEST_TEXT
    local_namespace_limit = MOST_KEPT
    block_nesting_limit = 10

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: made for name, made in self.filters.items() if name in FILTERS}


_desk = _Desk(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)


def _parsed(source: str) -> BoundTemplate:
    if not source.strip():
        raise Refused("The text is empty.")
    if len(source) > LONGEST_SOURCE:
        raise Refused(f"The text has more than {LONGEST_SOURCE:,} letters.")
    try:
        return _desk.from_string(source)
    except LiquidError as problem:
        raise _refused(problem) from None
    except RecursionError:
        raise Refused("The text is nested too deeply.") from None


def _refuse_unknown_names(template: BoundTemplate, source: str) -> None:
    """In branches too that no sample takes."""
    for uses in template.analyze().globals.values():
        for use in uses:
            path = use.segments
            known = len(path) > 1 and path[0] == "profile" and path[1] in TOKENS
            if not known or len(path) > 3 or (len(path) == 3 and path[2] != "size"):
                line = source.count("\n", 0, max(0, use.span.index)) + 1
                raise Refused(f"Line {line}: there is no “{printable(str(use))[:60]}”.")


def _refuse_ranges(nodes: Iterable[Node], context: RenderContext) -> None:
    """A text has lists to loop over and nothing to count: "(1..999999999)" is there to take long."""
    for node in nodes:
        for expression in node.expressions():
            _refuse_a_range(expression)
        _refuse_ranges(node.children(context, include_partials=False), context)


def _refuse_a_range(expression: Expression) -> None:
    if isinstance(expression, RangeLiteral):
        raise Refused(f"A text can't count: there is no “{printable(str(expression))[:60]}”.")
    for inner in expression.children():
        _refuse_a_range(inner)


def _rendered(template: BoundTemplate, customer: Shown) -> str:
    profile = {name: _harmless(getattr(customer, name)) for name in TOKENS}
    try:
        text = template.render(profile=profile)
    except ResourceLimitError:
        raise Refused(
            f"The text grows too long: at most {LONGEST_TEXT:,} letters and {MOST_ROUNDS} rounds are possible."
        ) from None
    except LiquidError as problem:
        raise _refused(problem) from None
    except (ArithmeticError, ValueError, RecursionError):
        raise Refused("The text reckons with something that can't be reckoned with.") from None
    return escaped(text.strip())


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return unmarked(value[:LONGEST_VALUE])
    if isinstance(value, tuple):
        return Names(unmarked(name[:LONGEST_VALUE]) for name in value[:MOST_NAMES])
    return value


def _refused(problem: LiquidError) -> Refused:
    try:
        context = problem.context()
    except ValueError:  # it points behind the text's end
        context = None
    where = f"Line {context[0]}" if context else "At the end"
    return Refused(f"{where}: {printable(str(problem.message))[:200].rstrip('.')}.")
