"""The knobs: switches for what nobody documents, faults for what goes wrong, the record of what crossed the wire."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from aiohttp import web

from bot.sandbox.control.asked import Asked, JsonObject, answered
from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.leafly import LeaflyStandIn
from bot.sandbox.shop import NotPossible
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import Fault, FaultKind, Wire, WireEntry


def routes(knobs: "Knobs") -> list[web.RouteDef]:
    return [
        web.get("/control/switches/{stand_in}", answered(knobs.switches)),
        web.patch("/control/switches/{stand_in}", answered(knobs.flip)),
        web.get("/control/faults", answered(knobs.faults)),
        web.post("/control/faults/{stand_in}", answered(knobs.add_fault)),
        web.delete("/control/faults/{stand_in}", answered(knobs.clear_faults)),
        web.get("/control/wire", answered(knobs.wire)),
        web.post("/control/reset", answered(knobs.reset)),
    ]


class Knobs:
    def __init__(
        self, flowhub: FlowhubStandIn, leafly: LeaflyStandIn, webshop: WebShop, wires: Mapping[str, Wire]
    ) -> None:
        self._stand_ins = (flowhub, leafly, webshop)
        self._switches: dict[str, Any] = {"flowhub": flowhub.switches, "leafly": leafly.switches}
        self._wires = dict(wires)
        self._journal: deque[tuple[int, WireEntry]] = deque(maxlen=5000)
        self._written = 0
        for wire in self._wires.values():
            wire.listeners.append(self._note)

    async def switches(self, request: web.Request, _: Asked) -> JsonObject:
        return asdict(_named(self._switches, request))

    async def flip(self, request: web.Request, asked: Asked) -> JsonObject:
        """All of them or, if one is wrong, none."""
        switches = _named(self._switches, request)
        wanted = {name: checked(switches, name, value) for name, value in asked.body.items()}
        for name, value in wanted.items():
            setattr(switches, name, value)
        return asdict(switches)

    async def faults(self, _: web.Request, __: Asked) -> JsonObject:
        return {name: [asdict(fault) for fault in wire.faults] for name, wire in self._wires.items()}

    async def add_fault(self, request: web.Request, asked: Asked) -> JsonObject:
        wire = _named(self._wires, request)
        times = None if asked.body.get("times", 1) is None else asked.whole("times", 1)
        if times is not None and times < 1:
            raise NotPossible("“times” must be at least 1, or null for as long as nobody clears it.")
        if unknown := asked.body.keys() - {field.name for field in fields(Fault)}:
            raise NotPossible(f"A fault has no “{min(unknown)}”.")
        fault = Fault(
            kind=cast("FaultKind", asked.one_of("kind", get_args(FaultKind), "")),
            path=asked.maybe_text("path") or "*",
            times=times,
            seconds=asked.number("seconds", 0),
            status=asked.whole("status", 500),
        )
        return asdict(wire.add(fault))

    async def clear_faults(self, request: web.Request, _: Asked) -> JsonObject:
        _named(self._wires, request).clear()
        return {}

    async def wire(self, request: web.Request, _: Asked) -> JsonObject:
        """What crossed the wire after entry number `after`, and the number to ask with next time."""
        after = request.query.get("after", "0")
        if not after.isdigit():
            raise NotPossible("“after” must be a whole number.")
        entries = [
            asdict(entry) | {"n": n, "at": entry.at.isoformat()}
            for n, entry in self._journal
            if n > int(after) and request.query.get("to") in (None, entry.to)
        ]
        return {"entries": entries, "last": self._written}

    async def reset(self, _: web.Request, __: Asked) -> JsonObject:
        for stand_in in self._stand_ins:
            await stand_in.reset()
        for wire in self._wires.values():
            wire.clear()
        self.begin_again()
        return {}

    def begin_again(self) -> None:
        self._journal.clear()
        # A reader who asks from a higher number on sees by this that the record began anew.
        self._written = 0

    def _note(self, entry: WireEntry) -> None:
        self._written += 1
        self._journal.append((self._written, entry))


def checked(switches: object, name: str, value: Any) -> Any:
    """`value` as the switch called `name` holds it. Raises NotPossible if there is none or it can't be that."""
    hints = get_type_hints(type(switches))
    if name not in hints:
        raise NotPossible(f"There is no switch “{name}”.")
    if value is None and type(None) in get_args(hints[name]):
        return None
    for kind in _kinds(hints[name]):
        if get_origin(kind) is Literal and any(
            value == choice and type(value) is type(choice) for choice in get_args(kind)
        ):
            return value
        if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if get_origin(kind) is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if isinstance(kind, type) and type(value) is kind:
            return value
    raise NotPossible(f"“{name}” can't be {value!r}; it takes {_in_words(hints[name])}.")


def _kinds(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the one type there is."""
    if get_origin(hint) in (Literal, tuple) or not get_args(hint):
        return (hint,)
    return get_args(hint)


def _in_words(hint: Any) -> str:
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", type(None): "null"}
    parts = []
    for kind in _kinds(hint):
        if get_origin(kind) is Literal:
            parts.append("one of " + ", ".join(str(choice) for choice in get_args(kind)))
        else:
            parts.append(words.get(kind, "a list of texts"))
    return " or ".join(parts)


def _named(known: dict[str, Any], request: web.Request) -> Any:
    name = request.match_info["stand_in"]
    if name not in known:
        raise NotPossible(f"There is no stand-in “{name}” here; there are: {', '.join(known)}.")
    return known[name]
