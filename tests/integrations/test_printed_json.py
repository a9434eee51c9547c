"""JSON as programs print it: behind chatter, cut, endless, nested to the sky."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.integrations import printed_json
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.printed_json import (
    elements,
    gathered,
    members,
    read_document,
    read_piece,
)

CHATTER = st.lists(
    st.sampled_from(["[INFO] reading {things}", "[1/1] tools", "INFO[0000] a [b]", "┌── X ──┐", ""])
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner,
                                                                max_size=3),
    max_leaves=8,
).filter(lambda one: isinstance(one, dict | list))  # fmt: skip


@settings(max_examples=80)
@given(DOCUMENTS, CHATTER, st.sampled_from(["", "\n", "\n[DONE] all of it\n"]), st.booleans())
def test_a_document_is_found_behind_chatter(
    document: object, chatter: list[str], after: str, is_wide: bool
) -> None:
    """Whatever stands before or behind a document on lines of its own, it is what is read."""
    printed = json.dumps(document, indent=1 if is_wide else None)
    said = "\n".join([*chatter, printed]).encode() + after.encode()
    if document in ([], {}) or "\\ud" in printed:
        return  # several ways to say nothing; halves of characters are looked at elsewhere
    assert read_document(said, "it") == document
    if isinstance(document, dict):
        assert dict(members(said, "it")) == document
    else:
        assert list(elements(said, "it")) == document


@pytest.mark.parametrize(
    "said",
    [
        b"", b"nothing here", b"'r1', 'r2'", b'{"a": 1', b'{"a": {"b": 1},\n "c": [', b"[INFO] x",
        b"[1,\n" * 50_000, b'{"a":\n' * 50_000, b"[" * 300_000, b"\xff\xfe{",
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_document_is_refused(said: bytes) -> None:
    """What is cut, or nested without an end, is unreadable; no part of it is taken for it."""
    for read in (read_document, lambda *a: dict(members(*a)), lambda *a: list(elements(*a))):
        with pytest.raises(TransportError) as caught:
            read(said, "the status")
        assert caught.value.kind == "unreadable"


def test_few_places_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a page that begins a document on every line, some are tried: work stays bounded."""
    tried = []
    raw_decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, text: str, start: int = 0) -> object:
        tried.append(len(text))
        return raw_decode(self, text, start)

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", counted)
    with pytest.raises(TransportError):
        read_document(b'{"a": 1, oops\n' * 10_000, "it")
    assert len(tried) == printed_json._STARTS_TRIED


def test_halves_of_characters_become_whole_ones() -> None:
    """A name with half of a character in it can be written anywhere afterwards."""
    said = rb'{"\ud800r1": "a\udfffb", "x": "\\ud800"}'
    found = read_document(said, "it")
    assert found == {"\ufffdr1": "a\ufffdb", "x": "\\ud800"}
    assert dict(members(said, "it")) == found
    assert read_piece(b'"\\ud800"') == "\ufffd"  # type: ignore[arg-type]


async def test_others_have_their_turn_between_pieces() -> None:
    """While ten thousand pieces are read, whoever else runs here has his turn fifty times."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def pieces() -> Iterator[int]:
        yield from range(10_000)

    running = asyncio.create_task(other())
    assert len(await gathered(pieces())) == 10_000
    running.cancel()
    assert turns >= 10_000 // printed_json._SLICE - 1
