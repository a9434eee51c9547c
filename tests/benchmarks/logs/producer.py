"""Writes lines at a rate: producer.py RATE SECONDS, or producer.py flood LINES; tells their hash.

Every line is a ruler of 96 columns, so that one sees how far a view is scrolled to the right, and
ends with its number. The hash of all that was written goes to standard error.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from time import perf_counter, sleep

RULER = "".join(f"<{column:02d}-----" for column in range(0, 96, 8)).encode()
_TICK_S = 0.005
BLOCK = 1000
"""Lines that are written at once by `flood`."""


def lines(first: int, count: int) -> bytes:
    """Return some lines by their numbers."""
    colour = b"\x1b[0;32m"
    return b"".join(
        b"%s%s\x1b[0m %09d\n" % (colour, RULER, number) for number in range(first, first + count)
    )


def paced(rate: float, seconds: float) -> Iterator[bytes]:
    """Yield what is due, again and again, for so long."""
    began, written = perf_counter(), 0
    while (spent := perf_counter() - began) < seconds:
        due = int(spent * rate) + 1 - written
        if due > 0:
            yield lines(written, due)
            written += due
        sleep(_TICK_S)


def flood(count: int) -> Iterator[bytes]:
    """Yield so many lines as fast as they are taken."""
    block = lines(0, BLOCK)
    for first in range(0, count, BLOCK):
        # One number in a block is enough to know how far it came.
        yield block[:-10] + b"%09d\n" % (first + BLOCK - 1)


def main(arguments: list[str]) -> None:
    """Write."""
    if arguments[0] == "flood":
        pieces = flood(int(arguments[1]))
    else:
        pieces = paced(float(arguments[0]), float(arguments[1]))
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(1, rest) :]
    sys.stderr.write(digest.hexdigest() + "\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BrokenPipeError:  # whoever read has seen enough
        os._exit(0)
