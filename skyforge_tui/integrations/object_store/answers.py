"""Reads what S3 answers with: XML of strangers, of which only known parts are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote_plus
from xml.parsers import expat

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.refusals import told
from skyforge_tui.integrations.object_store.wire import StoredObject

_BEGINNING = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class Answered:
    """One answer to ListObjectsV2."""

    folders: list[str] = field(default_factory=list)
    """With their final slash."""
    objects: list[StoredObject] = field(default_factory=list)
    is_more: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an upload that is there."""

    etag: str
    size: int


@dataclass(slots=True)
class Parts:
    """One answer to ListParts."""

    found: dict[int, Part] = field(default_factory=dict)
    """By number, from 1."""
    is_more: bool = False
    after: str = ""


def listed(body: bytes) -> Answered:
    """Read an answer to ListObjectsV2.

    Raises:
        TransportError: unreadable.
    """
    rows = _rows(body, ("Contents", "CommonPrefixes"))
    top = rows.top
    if rows.root != "ListBucketResult":  # a page of the web may be XML, too
        raise _unreadable()
    is_quoted = top.get("EncodingType") == "url"

    def text(value: str) -> str:
        return unquote_plus(value) if is_quoted else value

    answered = Answered(is_more=top.get("IsTruncated") == "true")
    answered.token = top.get("NextContinuationToken", "")
    for name, row in rows.found:
        if name == "CommonPrefixes":
            answered.folders.append(text(row.get("Prefix", "")))
            continue
        try:
            size = int(row.get("Size", ""))
        except ValueError:
            raise _unreadable() from None
        answered.objects.append(
            StoredObject(
                text(row.get("Key", "")), size, _moment(row.get("LastModified", "")),
                etag=quoted(row.get("ETag", "")),
            )
        )  # fmt: skip
    return answered


def parts(body: bytes) -> Parts:
    """Read an answer to ListParts.

    Raises:
        TransportError: unreadable.
    """
    rows = _rows(body, ("Part",))
    if rows.root != "ListPartsResult":
        raise _unreadable()
    answered = Parts(is_more=rows.top.get("IsTruncated") == "true")
    answered.after = rows.top.get("NextPartNumberMarker", "")
    try:
        for _, row in rows.found:
            part = Part(quoted(row.get("ETag", "")), int(row.get("Size", "")))
            answered.found[int(row.get("PartNumber", ""))] = part
    except ValueError:
        raise _unreadable() from None
    return answered


def told_of(body: bytes, root: str, name: str) -> str:
    """Return one text of an answer called `root…`, such as its `UploadId`; empty if there is none.

    Raises:
        TransportError: unreadable, or an error in place of an answer: a store that thinks for long
            begins to answer well before it knows.
    """
    rows = _rows(body, ())
    if rows.root == "Error":
        said = told(body.decode("utf-8", "replace"))
        raise said or TransportError("failed", "it did not do it and gives no reason")
    if not rows.root.startswith(root):  # rclone 1.75 leaves the last word out
        raise _unreadable()
    return rows.top.get(name, "")


def leaves(body: bytes) -> dict[str, str]:
    """Return the last text of every element that has no others in it, however deep, by name.

    Raises:
        TransportError: unreadable.
    """
    found: dict[str, str] = {}
    texts: list[str] = []

    def start(_: str, __: dict[str, str]) -> None:
        texts.clear()

    def end(element: str) -> None:
        if texts:
            found[element.rpartition(":")[2]] = "".join(texts)
        texts.clear()

    _parse(body, start, end, texts.append)
    return found


def quoted(etag: str) -> str:
    """Return an etag as a HEAD tells it; some leave the quotes out (rclone 1.75)."""
    return etag if not etag or etag.endswith('"') else f'"{etag}"'


@dataclass(slots=True)
class _Rows:
    root: str = ""
    top: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def _rows(body: bytes, wanted: tuple[str, ...]) -> _Rows:
    """Return the texts below the root, and those of every wanted element there."""
    rows, texts = _Rows(), list[str]()
    depth, name, row = 0, "", dict[str, str]()
    is_wanted = False

    def start(element: str, _: dict[str, str]) -> None:
        nonlocal depth, name, row, is_wanted
        depth += 1
        texts.clear()
        if depth == 1:
            rows.root = element.rpartition(":")[2]
        elif depth == 2:
            name = element.rpartition(":")[2]
            is_wanted = name in wanted
            if is_wanted:
                row = {}
                rows.found.append((name, row))

    def end(element: str) -> None:
        nonlocal depth
        if depth == 3 and is_wanted:
            row[element.rpartition(":")[2]] = "".join(texts)
        elif depth == 2 and not is_wanted:
            rows.top[name] = "".join(texts)
        depth -= 1
        texts.clear()

    _parse(body, start, end, texts.append)
    return rows


def _parse(
    body: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    def no_doctype(*_: object) -> None:
        raise _unreadable()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = no_doctype  # entities could grow without end
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise _unreadable() from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _BEGINNING
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unreadable() -> TransportError:
    return TransportError("unreadable", "it answers with what is no answer of S3")
