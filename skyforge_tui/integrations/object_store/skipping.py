"""Leaves out the beginning of what comes in pieces: some answer a range with the whole object."""

from __future__ import annotations


class Skip:
    """Takes pieces one after the other, and gives them back without the first bytes of them all."""

    def __init__(self, count: int) -> None:
        self._left = count

    def rest(self, piece: bytes) -> bytes:
        """Return what is left of a piece; none, where it was all to be left out."""
        left, self._left = self._left, max(0, self._left - len(piece))
        return piece[left:] if left else piece
