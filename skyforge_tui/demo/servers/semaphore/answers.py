"""Answers as a program in Go writes them: JSON, or a status and nothing."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.responses import PlainTextResponse, Response

_ESCAPES: Final = (
    ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
    ("\u2028", "\\u2028"), ("\u2029", "\\u2029"),
)  # fmt: skip
JSON: Final = "application/json"


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request is refused; most say nothing but their status."""

    def __init__(self, status: int, error: str = "", **more: object) -> None:
        super().__init__(f"{status} {error}".strip())
        self.status = status
        self.body: dict[str, object] | None = {"error": error, **more} if error else None


def encoded(data: object) -> str:
    """Return JSON as Go's encoder writes it."""
    text = msgspec.json.encode(data).decode()
    for one, escaped in _ESCAPES:
        text = text.replace(one, escaped)
    return text


def answer(data: Any, status: int = 200) -> Response:
    """Return an answer with a body."""
    return Response(encoded(data) + "\n", status, {"content-type": JSON})


def empty(status: int = 204) -> Response:
    """Return an answer without a body; its type is told all the same."""
    return Response(b"", status, {"content-type": JSON})


def missing() -> Response:
    """Return the answer to a path that this release does not know."""
    return PlainTextResponse("Not Found", 404)


def refused(refusal: Refusal) -> Response:
    """Return the answer that a refusal becomes."""
    if refusal.body is None:
        return empty(refusal.status)
    return answer(refusal.body, refusal.status)
