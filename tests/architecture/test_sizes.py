"""Modules and functions stay small enough to be read at once, and say what they are for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "skyforge_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "shared"}


def name_of(module: Path) -> str:
    """Return a module's path inside the package."""
    return module.relative_to(PACKAGE).as_posix()


def functions_of(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, inner ones too."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_modules_are_found() -> None:
    """The walk sees the whole package."""
    assert len(MODULES) > 50
    assert {"domain/run.py", "services/runs.py"} <= {name_of(one) for one in MODULES}


def test_modules_are_short() -> None:
    """No module is longer than one sitting."""
    lines = {name_of(one): len(one.read_text(encoding="utf-8").splitlines()) for one in MODULES}
    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    """No function is longer than a screen."""
    lines = {
        f"{name_of(module)}:{one.name}": (one.end_lineno or 0) - one.lineno + 1
        for module in MODULES
        for one in functions_of(module)
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_FUNCTION} == {}


def test_names_say_something() -> None:
    """No module or folder is named after having no name."""
    names = {name_of(one) for one in MODULES}
    assert {one for one in names if VAGUE & set(re.split(r"[/_.]", one))} == set()


def test_modules_say_what_they_are_for() -> None:
    """Every module begins by saying what it is for."""
    silent = [
        name_of(one)
        for one in MODULES
        if not ast.get_docstring(ast.parse(one.read_text(encoding="utf-8")))
    ]
    assert silent == []
