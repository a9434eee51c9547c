"""What EVE-NG's answers are wrapped in, and what has to be peeled off before.

Source: EVE-NG Community 2.0.3 and 6.2, UNetLab 1.0.0-11 (PHP), `/api`. Warnings of PHP may stand
before the JSON, `code` may be a text, an empty map is a list, and a failure may come with 200.
Each message ends in a number that stays the same whatever language it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from skyforge_tui.integrations.http.failures import HttpError, plain
from skyforge_tui.integrations.http.reply import Reply

SIGNED_OUT: Final = 90001
WRONG_PASSWORD: Final = 90014
EXPIRED: Final = 90018
_NUMBER: Final = re.compile(r"\((\d{1,6})\)\.?\s*$")
_START: Final = re.compile(rb'\{\s*"(?:code|status|message|data)"\s*:')
_STARTS_TRIED: Final = 8


class _Envelope(msgspec.Struct):
    code: int | str = 0
    status: str = ""
    message: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_MAP = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ANYTHING = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: what it is called, its message with the number at its end, and what it holds."""

    status: str
    message: str
    number: int
    data: msgspec.Raw

    @property
    def is_good(self) -> bool:
        """Whether it says so; the status of HTTP does not tell."""
        return self.status in ("", "success", "ok")


def read_envelope(reply: Reply) -> Said:
    """Return what a good answer says.

    Raises:
        HttpError: unreadable; or invalid, when it is called good by HTTP only.
    """
    said = _opened(reply.body)
    if said is None:
        raise reply.unreadable("JSON is malformed: no envelope of EVE-NG")
    if not said.is_good:
        raise HttpError(
            "invalid", f"{reply.asked}: {said.message or said.status}", status=reply.status,
            body=reply.body[:4096],
        )  # fmt: skip
    return said


def said_in(error: HttpError) -> Said | None:
    """Return what a refusal says, or None where the server itself did not speak."""
    return _opened(error.body)


def reason_of(error: HttpError) -> str:
    """Return a refusal in the server's words, without its number; else what went wrong."""
    said = said_in(error)
    words = "" if said is None else _NUMBER.sub("", said.message).strip().rstrip(".")
    return words or error.message


def pairs(data: msgspec.Raw) -> Iterator[tuple[str, Any]]:
    """Yield keys and values of a map, whatever PHP made of it: a list has its places for keys.

    A value that cannot be decoded is None.

    Raises:
        ValueError: it is neither.
    """
    try:
        rows: Any = _MAP.decode(data).items()
    except msgspec.DecodeError:
        try:
            rows = ((str(place), one) for place, one in enumerate(_LIST.decode(data)))
        except msgspec.DecodeError:
            raise ValueError("neither a map nor a list") from None
    for key, raw in rows:
        yield key, decoded(raw)


def decoded(raw: msgspec.Raw) -> Any:
    """Return a value; None where it cannot be decoded."""
    try:
        return _ANYTHING.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def text(thing: Mapping[str, Any], key: str) -> str:
    """Return a field as text; what is none is empty."""
    value = thing.get(key)
    if isinstance(value, str):
        return value
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_figure else ""


def number(thing: Mapping[str, Any], key: str) -> int | None:
    """Return a field as a whole number, which may be written as a text; None where it is none."""
    value = thing.get(key)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if abs(value) < 1e15 else None
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value.strip()):
        return int(value)
    return None


def _opened(body: bytes) -> Said | None:
    """Return what a body says behind whatever PHP wrote before it."""
    starts = [0, *(hit.start() for hit in _START.finditer(body))][: _STARTS_TRIED + 1]
    for start in starts:
        try:
            found = _ENVELOPE.decode(body[start:])
        except (msgspec.DecodeError, RecursionError):
            continue
        message = found.message or ""
        hit = _NUMBER.search(message)
        return Said(found.status, plain(message), int(hit[1]) if hit else 0, found.data)
    return None
