"""Reads what S3 answers with: XML of strangers, of which only known parts are taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.refusals import told
from skyforge_tui.integrations.object_store.wire import StoredObject

_MOST_MARKS = 100_000
"""Angle brackets that open in an answer, at most: a thousand rows have twenty thousand."""
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
    tree = _tree(body)
    if tree.name != "ListBucketResult":  # a page of the web may be XML, too
        raise _unreadable()
    top = tree.top
    is_quoted = top.get("EncodingType") == "url"

    def text(value: str) -> str:
        return unquote_plus(value) if is_quoted else value

    answered = Answered(is_more=top.get("IsTruncated") == "true")
    answered.token = top.get("NextContinuationToken", "")
    for row in tree.rows("CommonPrefixes"):
        answered.folders.append(text(row.get("Prefix", "")))
    for row in tree.rows("Contents"):
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
    tree = _tree(body)
    if tree.name != "ListPartsResult":
        raise _unreadable()
    answered = Parts(is_more=tree.top.get("IsTruncated") == "true")
    answered.after = tree.top.get("NextPartNumberMarker", "")
    try:
        for row in tree.rows("Part"):
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
    tree = _tree(body)
    if tree.name == "Error":
        said = told(body.decode("utf-8", "replace"))
        raise said or TransportError("failed", "it did not do it and gives no reason")
    if not tree.name.startswith(root):  # rclone 1.75 leaves the last word out
        raise _unreadable()
    return tree.top.get(name, "")


def leaves(body: bytes) -> dict[str, str]:
    """Return the last text of every element that has no others in it, however deep, by name.

    Raises:
        TransportError: unreadable.
    """
    return {_local(one.tag): one.text or "" for one in _tree(body).root.iter() if not len(one)}


def quoted(etag: str) -> str:
    """Return an etag as a HEAD tells it; some leave the quotes out (rclone 1.75)."""
    return etag if not etag or etag.endswith('"') else f'"{etag}"'


class _Tree:
    """An answer that was read: its root's name, the texts below it, and rows of one name."""

    def __init__(self, root: ET.Element) -> None:
        self.root = root
        self.name = _local(root.tag)
        self._space = root.tag[: -len(self.name)]
        self.top: Mapping[str, str] = self._texts(root)

    def rows(self, name: str) -> Iterator[Mapping[str, str]]:
        """Yield the texts below every element of this name below the root."""
        return map(self._texts, self.root.iterfind(self._space + name))

    def _texts(self, element: ET.Element) -> Mapping[str, str]:
        start = len(self._space)
        return {one.tag[start:]: one.text or "" for one in element}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _tree(body: bytes) -> _Tree:
    """Read an answer whole: a row at a time takes twice as long as the fastest store does.

    What could grow is refused before: declared entities, and elements without end.
    """
    try:
        text = body.decode()
        if "<!DOCTYPE" in text or text.count("<") > _MOST_MARKS:
            raise _unreadable()
        return _Tree(ET.fromstring(text))  # noqa: S314 - see above
    except (UnicodeDecodeError, ET.ParseError):
        raise _unreadable() from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _BEGINNING
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unreadable() -> TransportError:
    return TransportError("unreadable", "it answers with what is no answer of S3")
