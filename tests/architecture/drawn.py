"""What the README shows of the code: settings, permissions and customers' fields as tables, the life cycle as a drawing."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.messages.roles import NAMES
from bot.messages.words import LOOKS
from bot.rules.customers import FIELDS
from bot.rules.orders import LIFE_CYCLE
from bot.rules.permissions import LEAST_ROLE, Act
from bot.settings import PREFIX, Settings


def settings_table() -> str:
    """Every variable, in the order of the class."""
    rows = [("Variable", "Default", "What it is"), ("---", "---", "---")]
    for name, field in Settings.model_fields.items():
        default = "required" if field.default is PydanticUndefined else _shown(field.default)
        rows.append((f"`{PREFIX}{name.upper()}`", default, f"{field.description}"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None or default == "":
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def life_cycle_drawing() -> str:
    """What usually comes next, in Flowhub's words; the words of the cards stand beside them."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> new"]
    lines += [f"    {status.value}: {status.value} · {LOOKS[status].word}" for status in LIFE_CYCLE]
    for status, stage in LIFE_CYCLE.items():
        lines += [f"    {status.value} --> {following.value}" for following in stage.leads_to]
        if stage.terminal:
            lines.append(f"    {status.value} --> [*]")
    return "\n".join([*lines, "```"])


def customer_fields_table() -> str:
    """Every field of a customer by its token: what of it Flowhub's record has, what is derived, who may see it."""
    rows = [("Field", "Comes from", "Class"), ("---", "---", "---")]
    rows += [(f"`{token}`", source, data_class.value) for token, (data_class, source) in FIELDS.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def permissions_table() -> str:
    """Who may do what, the least role first."""
    rows = [("Least role", "may"), ("---", "---")]
    for role in sorted(set(LEAST_ROLE.values())):
        rows.append((NAMES[role], ", ".join(act.value for act in Act if LEAST_ROLE[act] is role)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


DRAWN = {
    "settings": settings_table,
    "permissions": permissions_table,
    "life cycle": life_cycle_drawing,
    "customer fields": customer_fields_table,
}


def between_the_marks(text: str, name: str) -> str | None:
    """What a document holds between `<!-- name -->` and `<!-- /name -->`; None without the two marks."""
    _, opened, rest = text.partition(f"<!-- {name} -->\n")
    inside, closed, _ = rest.partition(f"<!-- /{name} -->")
    return inside.strip() if opened and closed else None


def readme(root: Path) -> str:
    return (root / "README.md").read_text()
