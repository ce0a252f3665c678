"""Small checks that are put together into a description of a JSON shape; each says what is wrong in Slack's own words.

A check takes a value, the JSON pointer to it, and the list that problems are added to. It knows nothing of Block Kit.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]
Rule = Callable[[dict[str, Any], str, Problems], None]


def problem(sentence: str, pointer: str, problems: Problems) -> None:
    problems.append(f"{sentence} [json-pointer:{pointer}]")


def string(most: int | None = None, *, least: int = 1, pattern: str | None = None) -> Check:
    matches = re.compile(pattern).fullmatch if pattern else None

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problem("must be a string", pointer, problems)
        elif len(value) < least:
            problem(f"must be more than {least - 1} characters", pointer, problems)
        elif most is not None and len(value) > most:
            problem(f"must be less than {most + 1} characters", pointer, problems)
        elif matches and not matches(value):
            problem("must match the expected format", pointer, problems)

    return check


def url(most: int | None = 3000) -> Check:
    return string(most, pattern=r"(https?|mailto|slack):\S+")


def flag(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problem("must be a boolean", pointer, problems)


def number(value: Any, pointer: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        problem("must be a number", pointer, problems)


def positive(value: Any, pointer: str, problems: Problems) -> None:
    number(value, pointer, problems)
    if isinstance(value, int | float) and value <= 0:
        problem("must be greater than 0", pointer, problems)


def anything(value: Any, pointer: str, problems: Problems) -> None:
    """No check."""


def integer(least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problem("must be an integer", pointer, problems)
        elif value < least or (most is not None and value > most):
            problem(f"must be between {least} and {most}", pointer, problems)

    return check


def choice(*allowed: Any) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problem(f"value must be one of: {', '.join(map(str, allowed))}", pointer, problems)

    return check


def listed(item: Check, most: int | None = None, *, least: int = 1) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problem("must be an array", pointer, problems)
            return
        if len(value) < least:
            problem(f"no less than {least} items allowed", pointer, problems)
        if most is not None and len(value) > most:
            problem(f"no more than {most} items allowed", pointer, problems)
            return
        for index, each in enumerate(value):
            item(each, f"{pointer}/{index}", problems)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Rule) -> Check:
    """An object with exactly these keys; `rules` look at the whole once its parts are right."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problem("must provide an object", pointer, problems)
            return
        before = len(problems)
        for key in required:
            if key not in value:
                problem(f"missing required field: {key}", pointer, problems)
        for key, part in value.items():
            inspect = known.get(key)
            if inspect is None:
                problem(f"invalid additional property: {key}", pointer, problems)
            else:
                inspect(part, f"{pointer}/{key}", problems)
        if len(problems) == before:
            for rule in rules:
                rule(value, pointer, problems)

    return check


def by_type(known: Mapping[str, Check]) -> Check:
    """An object whose `type` names the check that it must pass."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problem("must provide an object", pointer, problems)
            return
        inspect = known.get(str(value.get("type")))
        if inspect is None:
            problem(f"unsupported type: {value.get('type')}", f"{pointer}/type", problems)
        else:
            inspect(value, pointer, problems)

    return check


def or_null(inner: Check) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value is not None:
            inner(value, pointer, problems)

    return check


def exactly_one(*keys: str) -> Rule:
    def rule(value: dict[str, Any], pointer: str, problems: Problems) -> None:
        if sum(key in value for key in keys) != 1:
            problem(f"must define either {' or '.join(f'`{key}`' for key in keys)}", pointer, problems)

    return rule


def at_least_one(*keys: str) -> Rule:
    def rule(value: dict[str, Any], pointer: str, problems: Problems) -> None:
        if not any(key in value for key in keys):
            problem(f"must define either {' or '.join(f'`{key}`' for key in keys)}", pointer, problems)

    return rule
