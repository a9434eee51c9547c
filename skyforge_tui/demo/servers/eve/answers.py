"""Answers as the PHP of EVE-NG writes them."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.responses import Response

_MISSING: Final = object()
WARNING: Final = (
    "<br />\n<b>Warning</b>:  file_get_contents(/opt/unetlab/platform): failed to open stream: "
    "No such file or directory in <b>/opt/unetlab/html/includes/functions.php</b> on line "
    "<b>25</b><br />\n"
)
WORDS: Final = {200: "success", 201: "success", 401: "unauthorized", 412: "unauthorized"}


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request is refused, with the words and the number by which programs know them."""

    def __init__(self, code: int, message: str, status: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or WORDS.get(code, "fail")


def encoded(data: object) -> str:
    """Return JSON as PHP writes it: slashes escaped, and an empty map as an empty list."""
    text = json.dumps(_php(data), separators=(",", ":"))
    return text.replace("/", "\\/")


def _php(data: object) -> object:
    if isinstance(data, dict):
        return {str(key): _php(one) for key, one in data.items()} if data else []
    if isinstance(data, list | tuple):
        return [_php(one) for one in data]
    return data


def answer(
    message: str | None, data: Any = _MISSING, *, code: int | str = 200, warns: bool = False
) -> Response:
    """Return the envelope; its code is also the status, even where it is a text."""
    envelope = {"code": code, "status": "success", "message": message}
    if data is not _MISSING:
        envelope["data"] = data
    return _response(envelope, int(code), warns=warns)


def refused(refusal: Refusal, *, warns: bool = False) -> Response:
    """Return the answer that a refusal becomes."""
    envelope = {"code": refusal.code, "status": refusal.status, "message": refusal.message}
    return _response(envelope, refusal.code, warns=warns)


def _response(envelope: dict[str, Any], status: int, *, warns: bool) -> Response:
    text = (WARNING if warns else "") + encoded(envelope)
    return Response(text, status, {"content-type": "application/json"})
