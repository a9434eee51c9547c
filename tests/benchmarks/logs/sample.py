"""Logs as Ansible writes them: coloured, about 120 bytes a line, with a few things to find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

NEEDLE = b"NEEDLE"
"""Stands in the line in the middle, and five lines before the end."""
HIT = b"UNREACHABLE"
"""Stands in one line of 43."""
BLOCK_LINES = 10_000

_KINDS = (
    (b'\x1b[0;32mok: [leaf%02d]\x1b[0m => (item=%08d) => {"changed": false, "ansible_facts": {'
    b'"interpreter": "/usr/bin/python3.11"}}\n'),
    (b"\x1b[0;33mchanged: [spine%02d]\x1b[0m => (item=%08d) neighbours rendered, told everybody "
    b"who asked for it more than once\n"),
    "skipping: [leaf%02d] => (item=%08d) größe 漢字, to do: none\n".encode(),
    b"\x1b[0;31mfatal: [leaf%02d]: UNREACHABLE! => {'item': %08d, 'msg': 'no route'}\x1b[0m\n",
    b"TASK [bgp : render neighbours of pod %02d as %08d] " + b"*" * 60 + b"\n",
)  # fmt: skip
_NEEDLE = b"ok: [leaf%02d] => (item=%08d) here is the NEEDLE\n"


def _kind(number: int) -> bytes:
    if number % 43 == 0:
        return _KINDS[3]
    if number % 97 == 0:
        return _KINDS[4]
    return _KINDS[2 if number % 199 == 0 else number % 2]


def blocks(lines: int) -> Iterator[bytes]:
    """Yield a log of so many lines in blocks; every line holds its number in eight digits."""
    kinds = [_kind(number) for number in range(BLOCK_LINES)]
    needles = {lines // 2, lines - 5}
    for first in range(0, lines, BLOCK_LINES):
        numbers = range(first, min(first + BLOCK_LINES, lines))
        block = [kinds[n - first] % (n & 63, n) for n in numbers]
        for needle in needles.intersection(numbers):
            block[needle - first] = _NEEDLE % (needle & 63, needle)
        yield b"".join(block)


def sample(cache: Path, lines: int) -> Path:
    """Return a file with such a log; made once."""
    path = cache / f"ansible-{lines}.log"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.writelines(blocks(lines))
        draft.rename(path)
    return path


def hits(lines: int) -> int:
    """Return how many lines hold `HIT`."""
    return _count(lines, HIT)


def in_either(lines: int) -> int:
    """Return how many lines hold `fatal` or `skipping`."""
    return _count(lines, b"fatal", b"skipping")


def _count(lines: int, *words: bytes) -> int:
    each = [n for n in range(BLOCK_LINES) if any(word in _kind(n) for word in words)]
    whole, rest = divmod(lines, BLOCK_LINES)
    found = whole * len(each) + sum(n < rest for n in each)
    return found - sum(needle % BLOCK_LINES in each for needle in (lines // 2, lines - 5))
