"""Who may import whom. The arrows of ARCHITECTURE.md, each with its reason."""

import sys
from collections.abc import Iterator

import pytest

from tests.architecture.tree import PRODUCTION, ROOT, Import, imports, inside, modules, production

LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("errors", ("bot.errors", "bot.metrics", "bot.long_lived", "bot.giving_way")),
    ("rules", ("bot.rules",)),
    ("messages", ("bot.messages",)),
    (
        "ways out and field values",
        ("bot.calls", "bot.outgoing", "bot.reaching", "bot.tokens", "bot.phones", "bot.places", "bot.place_table"),
    ),
    (
        "edges",
        (
            "bot.flowhub",
            "bot.leafly",
            "bot.slack",
            "bot.webhooks",
            "bot.store",
            "bot.vault",
            "bot.charts",
            "bot.templates",
        ),
    ),
    ("workspaces", ("bot.workspaces",)),
    ("desk", ("bot.desk",)),
    ("customers", ("bot.customers",)),
    ("segments", ("bot.segments",)),
    ("digests", ("bot.digests",)),
    ("automations", ("bot.automations",)),
    ("deliveries", ("bot.deliveries",)),
    ("activation", ("bot.activation",)),
    ("handlers and sync", ("handlers", "sync")),
    ("wiring", ("bot.settings", "bot.logs", "bot.listening", "bot.keyring", "bot.slack_door")),
    ("app", ("bot.app",)),
    ("commands", ("bot.__main__", "bot.demo", "bot.doctor", "bot.sync_command", "bot.upkeep")),
)
"""The lowest first: a layer may import those before it, and itself."""
RANKS = {package: rank for rank, (_, packages) in enumerate(LAYERS) for package in packages}
EDGES = dict(LAYERS)["edges"]
STAND_INS = "bot.sandbox"


def rank_of(name: str) -> int | None:
    return next((rank for package, rank in RANKS.items() if inside(name, package)), None)


def every_import() -> Iterator[Import]:
    return (one for module in production() for one in imports(module.name))


def of_ours(one: Import) -> bool:
    return inside(one.imported, *PRODUCTION)


def complain(found: list[Import], reason: str) -> None:
    assert not found, "\n".join([reason, *map(str, found)])


def test_only_these_packages_at_the_top() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py") if not path.parent.name.startswith(".")}
    assert packages == {"bot", "handlers", "sync", "tests"}, (
        "Somebody who opens the repository should see what starts the bot (handlers, sync) and what both share (bot)."
    )


def test_every_module_has_its_layer() -> None:
    homeless = [one.name for one in production() if one.name != "bot" and rank_of(one.name) is None]
    assert homeless == [], "A module without a layer is one whose imports nobody checks: put it into LAYERS."


def test_imports_point_down() -> None:
    found = []
    for one in every_import():
        mine, other = rank_of(one.importer), rank_of(one.imported)
        if mine is not None and other is not None and other > mine:
            found.append(one)
    complain(found, "A lower layer that knows a higher one can't be read, tested or changed without it.")


def test_edges_do_not_know_each_other() -> None:
    def edge(name: str) -> str | None:
        return next((package for package in EDGES if inside(name, package)), None)

    found = [
        one
        for one in every_import()
        if edge(one.importer) and (edge(one.imported) or edge(one.importer)) != edge(one.importer)
    ]
    allowed = [one for one in found if inside(one.importer, "bot.store") and inside(one.imported, "bot.vault")]
    complain(
        [one for one in found if one not in allowed],
        "An edge speaks to one outside system; what two of them have to do with each other is the desk's business. "
        "(The store alone may use the vault: what rests there is sealed.)",
    )


def test_handlers_and_sync_do_not_know_each_other() -> None:
    found = [
        one
        for one in every_import()
        if (inside(one.importer, "handlers") and inside(one.imported, "sync"))
        or (inside(one.importer, "sync") and inside(one.imported, "handlers"))
    ]
    complain(found, "What people start and what the clock starts share verbs, and verbs live in bot/desk.")


def test_only_app_wires() -> None:
    found = [
        one
        for one in every_import()
        if inside(one.imported, "handlers", "sync")
        and not inside(one.importer, "handlers", "sync")
        and one.importer != "bot.app"
    ]
    complain(
        found, "There is one place that puts handlers, clock and desk together, so that there is one way to start."
    )


def test_only_the_wiring_reads_settings() -> None:
    allowed = (
        "bot.settings",
        "bot.app",
        "bot.slack_door",
        "bot.keyring",
        "bot.__main__",
        "bot.demo",
        "bot.doctor",
        "bot.sync_command",
        STAND_INS,
    )
    found = [
        one for one in every_import() if inside(one.imported, "bot.settings") and not inside(one.importer, *allowed)
    ]
    complain(
        found, "What a module needs is handed to it by app; reading the environment elsewhere hides what it depends on."
    )


@pytest.mark.parametrize("package", ["bot.rules", "bot.messages", "bot.errors"])
def test_rules_and_messages_use_nothing_but_the_standard_library_and_pydantic(package: str) -> None:
    allowed = sys.stdlib_module_names | {"pydantic", "bot"}
    found = [
        one for one in every_import() if inside(one.importer, package) and one.imported.partition(".")[0] not in allowed
    ]
    complain(found, "Decisions and wording stay readable and fast to test when they are values in, values out.")


REASONS_AGAINST = {
    "asyncio": "waits", "os": "reads the environment", "pathlib": "reads files", "random": "chance", "secrets": "chance",
    "socket": "the network", "sqlite3": "a database", "subprocess": "other programs", "time": "the clock",
    "urllib": "the network", "uuid": "chance",
}  # fmt: skip


@pytest.mark.parametrize("package", ["bot.rules", "bot.messages"])
def test_rules_and_messages_do_not_reach_out(package: str) -> None:
    found = [
        f"{one} ({REASONS_AGAINST[one.imported.partition('.')[0]]})"
        for one in every_import()
        if inside(one.importer, package)
        and one.imported.partition(".")[0] in REASONS_AGAINST
        and one.imported != "urllib.parse"
    ]
    assert not found, "\n".join(
        ["Below bot/rules there is no clock, network, database or chance: they arrive as values.", *found]
    )


def test_stand_ins_import_nothing_of_ours_but_settings() -> None:
    found = [
        one
        for name in modules()
        if inside(name, STAND_INS)
        for one in imports(name)
        if of_ours(one) and not inside(one.imported, STAND_INS, "bot.settings")
    ]
    complain(found, "A stand-in that shares our parser would agree with our mistakes.")


def test_only_the_demo_and_sandbox_commands_know_the_stand_ins() -> None:
    found = [one for one in every_import() if inside(one.imported, STAND_INS)]
    complain(
        [one for one in found if one.importer not in {"bot.__main__", "bot.demo"}],
        "The bot at a customer's must not behave differently because it could be talking to a stand-in.",
    )
    at_the_top = [one for one in found if one.importer == "bot.__main__" and not _is_inside_a_function(one)]
    complain(at_the_top, "`orderahead run` must not load the stand-ins.")


def _is_inside_a_function(one: Import) -> bool:
    line = int(one.where.rpartition(":")[2])
    return all(line != getattr(node, "lineno", 0) for node in modules()[one.importer].tree.body)


def test_only_the_timetable_knows_apscheduler() -> None:
    found = [one for one in every_import() if inside(one.imported, "apscheduler") and one.importer != "sync.timetable"]
    complain(found, "A job is a plain coroutine; when it runs is written in one file, and that file can be replaced.")


OWN_LIBRARIES = {
    "sqlalchemy": (
        "bot.store",
        "handlers",
        "sync",
        "bot.deliveries",
        "bot.customers",
        "bot.segments",
        "bot.app",
        "bot.keyring",
        "bot.workspaces",
        "bot.demo",
        "bot.doctor",
    ),
    "sqlmodel": ("bot.store",),
    "alembic": ("bot.store",),
    "slack_sdk": (
        "bot.slack",
        "bot.workspaces",
        "bot.slack_door",
        "bot.doctor",
        "handlers.slack_http",
        "handlers.slack_install",
    ),
    "slack_bolt": ("handlers", "bot.slack_door", "bot.app"),
    "fastapi": ("handlers", "bot.listening"),
    "standardwebhooks": ("bot.webhooks", "handlers.storefront", "bot.settings"),
    "cryptography": ("bot.vault",),
    "httpx": (
        "bot.calls",
        "bot.outgoing",
        "bot.reaching",
        "bot.tokens",
        "bot.flowhub",
        "bot.leafly",
        "bot.webhooks",
        "bot.app",
        "bot.doctor",
    ),
    "typer": ("bot.__main__",),
    "matplotlib": ("bot.charts",),
    "liquid": ("bot.templates",),
    "asyncpg": ("bot.store",),
    "msgspec": ("bot.flowhub", "bot.store"),
    "phonenumbers": ("bot.phones", "bot.desk.placing"),
    "zipcodes": ("bot.places",),
}


@pytest.mark.parametrize("library", OWN_LIBRARIES)
def test_a_library_is_known_where_it_is_wrapped_and_nowhere_else(library: str) -> None:
    """SQLAlchemy's errors alone travel further: "the database is not answering" is something that handlers must say."""
    found = [
        one
        for one in every_import()
        if inside(one.imported, library) and not inside(one.importer, *OWN_LIBRARIES[library])
    ]
    complain(found, f"What is odd about {library} is handled at its edge, so that it can be replaced there.")


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        module.name: {one.imported for one in imports(module.name) if of_ours(one)} - {module.name}
        for module in production()
    }
    done: set[str] = set()

    def circle(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name in done or name not in graph:
            return ()
        found = next((round_trip for other in sorted(graph[name]) if (round_trip := circle(other, (*path, name)))), ())
        done.add(name)
        return found

    circles = [found for name in sorted(graph) if (found := circle(name, ()))]
    assert not circles, "\n".join(
        ["Two modules that need each other are one module, or hide a third:", *(" → ".join(one) for one in circles)]
    )
