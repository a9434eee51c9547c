"""Hashing beside other work counts what plain hashing counts."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.integrations.object_store.hashed import Hashed, SideHash

SIZES = st.lists(st.sampled_from([0, 1, 1000, (1 << 18) - 1, 1 << 18, 300_000]), max_size=8)


@given(SIZES)
def test_pieces_of_any_size_are_counted_in_order(sizes: list[int]) -> None:
    """Small pieces are counted at once, large ones beside, and the order is that of the pieces."""
    pieces = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    with closing(SideHash()) as side:
        for piece in pieces:
            side.update(piece)
        assert side.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_no_thread_is_left() -> None:
    """What hashes ends with its owner, also when the bytes broke off."""

    def broken() -> Iterator[bytes]:
        yield b"x" * (1 << 20)
        raise OSError("gone")

    before = threading.active_count()
    pieces = Hashed(broken())
    with closing(pieces):
        assert len(next(pieces)) == 1 << 20
        assert threading.active_count() == before + 1
        with pytest.raises(OSError, match="gone"):
            next(pieces)
    assert isinstance(pieces.failure, OSError)
    assert threading.active_count() == before
