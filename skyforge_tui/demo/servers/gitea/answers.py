"""Answers as Gitea gives them: JSON, refusals with a message, and what an unknown route says."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.responses import PlainTextResponse, Response

JSON: Final = "application/json;charset=utf-8"
MISSING: Final = "The target couldn't be found."


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request is refused, with a message and, of what is missing, more of it in `errors`."""

    def __init__(self, status: int, message: str = "", errors: list[str] | None = None) -> None:
        super().__init__(f"{status} {message}".strip())
        self.status = status
        self.message = message
        self.errors = errors


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return an answer with a body."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    data_bytes = (text + "\n").encode("utf-8", "surrogateescape")
    return Response(data_bytes, status, {"content-type": JSON, **(headers or {})})


def empty(status: int = 204) -> Response:
    """Return an answer without a body."""
    return Response(b"", status)


def unknown() -> Response:
    """Return the answer to a path that this release does not know."""
    return PlainTextResponse("404 page not found\n", 404)


def refused(refusal: Refusal, swagger: str, minor: int) -> Response:
    """Return the answer that a refusal becomes; before 1.17 a 404 is told in another shape."""
    if refusal.status == 404:
        message = refusal.message or MISSING
        if minor <= 16:
            said = refusal.message or "Not Found"
            body: dict[str, Any] = {
                "documentation_url": swagger, "errors": refusal.errors, "message": said,
            }  # fmt: skip
        else:
            body = {"message": message, "url": swagger}
            if minor <= 24:
                body["errors"] = refusal.errors
        return answer(body, 404)
    return answer({"message": refusal.message, "url": swagger}, refusal.status)
