"""The tree as text and syntax: which module imports what, and what its source says. Nothing is imported to be looked at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("bot", "handlers", "sync", "tests")
PRODUCTION = ("bot", "handlers", "sync")


@dataclass(frozen=True)
class Import:
    """`importer` names `imported` in this line, at the top of the file or inside a function."""

    importer: str
    imported: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.importer} imports {self.imported}"


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def where(self) -> str:
        return str(self.path.relative_to(ROOT))

    def at(self, node: ast.AST) -> str:
        return f"{self.where}:{getattr(node, 'lineno', 0)}"


@cache
def modules() -> dict[str, Module]:
    """Every Python file of ours, by its dotted name."""
    found = {}
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path, ast.parse(path.read_text()))
    return found


def production() -> Iterator[Module]:
    """What runs at a customer's: everything but the tests and the stand-ins."""
    return (one for one in modules().values() if inside(one.name, *PRODUCTION) and not inside(one.name, "bot.sandbox"))


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@cache
def imports(name: str) -> tuple[Import, ...]:
    """Every import of a module, function-level ones too. A name that is a module of ours is taken as that module."""
    module = modules()[name]
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [Import(name, alias.name, module.at(node)) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.append(Import(name, whole if whole in modules() else base, module.at(node)))
    return tuple(found)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    is_package = module.path.name == "__init__.py"
    parts = module.name.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


def text_files() -> Iterator[Path]:
    """Every text file of the project that is not ignored by git."""
    ignored = [line.strip() for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()]
    for path in sorted(_walk(ROOT, [".git/", *ignored])):
        try:
            path.read_text()
        except UnicodeDecodeError:
            continue
        yield path


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        if any(_is_ignored(path, pattern) for pattern in ignored):
            continue
        if path.is_dir():
            yield from _walk(path, ignored)
        elif path.is_file():
            yield path


def _is_ignored(path: Path, pattern: str) -> bool:
    if pattern.endswith("/") and not path.is_dir():
        return False
    bare = pattern.strip("/")
    if pattern.startswith("/"):
        return fnmatch(str(path.relative_to(ROOT)), bare)
    return fnmatch(path.name, bare)
