"""What a stand-in imitates and what not, as values that a test compares with the stand-in and the docs print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True)
class Question:
    """Something nobody documents: the switches that answer it, or the reason why no switch could."""

    what: str
    switches: tuple[str, ...] = ()
    no_switch_because: str = ""


@dataclass(frozen=True)
class Coverage:
    """`routes` maps "GET /path" to what it does, `questions` maps a number such as "A1" to its answer."""

    routes: Mapping[str, str]
    questions: Mapping[str, Question]
    other_switches: Mapping[str, str] = field(default_factory=dict)
    not_imitated: tuple[str, ...] = ()

    @property
    def switches(self) -> set[str]:
        return {name for question in self.questions.values() for name in question.switches} | set(self.other_switches)

    def table(self) -> str:
        """The whole of it in Markdown, for the docs."""
        parts = [
            _table(("Route", "What it does"), ((f"`{route}`", what) for route, what in self.routes.items())),
            _table(
                ("Undocumented", "What", "Switches"),
                (
                    (number, question.what, _code(question.switches) or f"none: {question.no_switch_because}")
                    for number, question in self.questions.items()
                ),
            ),
            _table(("Further switch", "What"), ((f"`{name}`", what) for name, what in self.other_switches.items())),
            "Not imitated:\n\n" + "\n".join(f"- {what}" for what in self.not_imitated) + "\n",
        ]
        return "\n".join(parts)


def routes_of(*apps: web.Application) -> set[str]:
    """The real routes as "GET /path"; HEAD comes with GET and is left out."""
    return {
        f"{route.method} {route.resource.canonical}"
        for app in apps
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
