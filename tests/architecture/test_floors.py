"""The floors hold: what may lean on what is checked, not remembered."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parents[2]
PACKAGE = HERE / "skyforge_tui"


def contracts() -> list[dict[str, Any]]:
    """Return the contracts as configured."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return found


def rooms() -> set[str]:
    """Return everything directly below the package, as full module names."""
    inside = {
        one.stem
        for one in PACKAGE.iterdir()
        if (one.suffix == ".py" and one.stem != "__init__") or (one / "__init__.py").exists()
    }
    return {f"skyforge_tui.{name}" for name in inside}


def imports_of(module: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield node.module or ""


def test_contracts_hold() -> None:
    """Every contract of the house is kept."""
    # In a process of its own: the linter silences every logger that it did not configure.
    check = "import sys; from importlinter.cli import lint_imports as lint; "
    done = subprocess.run(
        [sys.executable, "-c", check + "sys.exit(lint(no_cache=True, no_logo=True))"],
        cwd=HERE, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_only_contracts_are_complete() -> None:
    """A contract "Only X …" names every room but X, new ones too."""
    only = [one for one in contracts() if one["name"].startswith("Only ")]
    assert len(only) >= 6
    for contract in only:
        missing = rooms() - set(contract["source_modules"])
        assert len(missing) == 1, f"{contract['name']}: {sorted(missing)} are free to do so"


@pytest.mark.parametrize(
    ("name", "others"),
    [("No vendor knows another vendor", {"http", "ssh"}), ("Vendors know the wire", set())],
)
def test_vendors_are_listed(name: str, others: set[str]) -> None:
    """Every vendor's folder stands in the contracts about vendors; what all share may be known."""
    contract = next(one for one in contracts() if one["name"].startswith(name))
    listed = contract.get("modules") or contract["source_modules"]
    folders = {one.parent.name for one in (PACKAGE / "integrations").glob("*/__init__.py")}
    assert set(listed) == {f"skyforge_tui.integrations.{folder}" for folder in folders - others}


@pytest.mark.parametrize(
    ("floor", "below"),
    [
        ("domain", ("skyforge_tui.domain",)),
        ("ports", ("skyforge_tui.domain", "skyforge_tui.ports")),
        ("engine", ("skyforge_tui.engine",)),
        ("services", ("skyforge_tui.domain", "skyforge_tui.ports", "skyforge_tui.services")),
        (
            "jobs",
            ("skyforge_tui.domain", "skyforge_tui.ports", "skyforge_tui.services",
             "skyforge_tui.jobs"),
        ),
        ("store/supervisor", ("skyforge_tui.store",)),
    ],
)  # fmt: skip
def test_inner_floors_are_bare(floor: str, below: tuple[str, ...]) -> None:
    """Inner floors import the standard library and what is below them, nothing else."""
    foreign = {
        (module.name, name)
        for module in (PACKAGE / floor).rglob("*.py")
        for name in imports_of(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith(below)
    }
    assert foreign == set()


@pytest.mark.parametrize("module", ["socket", "subprocess", "sqlite3", "asyncio", "threading"])
def test_domain_does_nothing(module: str) -> None:
    """The domain neither opens anything nor runs anything beside itself."""
    users = {
        one.name for one in (PACKAGE / "domain").rglob("*.py") if module in set(imports_of(one))
    }
    assert users == set()
