"""Whatever the cockpit sends is kept in its log: there is one road, and everything takes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TUI = Path(__file__).parents[2] / "skyforge_tui" / "tui"
SENDS = {
    ("runs", "launch"), ("runs", "rerun"), ("runs", "stop"), ("runs", "answer"),
    ("projects", "trust"), ("connections", "connect"), ("membership", "share"),
    ("founding", "create"), ("founding", "adopt"), ("founding", "delete"),
    ("artifacts", "put"), ("artifacts", "copy"), ("artifacts", "delete"),
}  # fmt: skip
"""Service and method of everything that changes the world."""


def is_send(node: ast.AST) -> bool:
    """Say whether this is `….runs.stop` and the like."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and (node.value.attr, node.attr) in SENDS
    )


def is_logged(method: ast.AST) -> bool:
    """Say whether a method hands something to `bridge.act`."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "act"
        for node in ast.walk(method)
    )


def senders(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the methods that send something, themselves or in a function inside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.Module):
            for one in node.body:
                if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if any(map(is_send, ast.walk(one))):
                    yield one


def test_everything_sent_is_logged() -> None:
    """No screen calls what changes the world past the log."""
    found = [
        (one.relative_to(TUI).as_posix(), method.name, is_logged(method))
        for one in sorted(TUI.rglob("*.py"))
        for method in senders(one.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 5
    assert [(file, name) for file, name, logged in found if not logged] == []


def test_walk_finds_planted() -> None:
    """The walk finds a planted call that is not logged, also in a function inside."""
    planted = """
class Screen:
    async def do_run_stop(self):
        async def stop(services):
            await services.runs.stop(self.principal, 1)
        await self.ask(stop)
"""
    [method] = senders(planted)
    assert not is_logged(method)
