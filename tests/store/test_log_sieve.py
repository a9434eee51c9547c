"""What passes a sieve of lines, whatever pieces the log comes in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.store.log_sieve import LogSieve

logs = st.lists(st.sampled_from([b"a", b"b", b"\n", b"\n", b"\r", b"\xff"]), max_size=60)


@given(logs, st.sampled_from(["a", "!a", "/^$/"]), st.integers(0, 3), st.lists(st.integers(0, 60)))
def test_a_sieve_lets_through_what_grep_would(
    signs: list[bytes], text: str, context: int, cuts: list[int]
) -> None:
    """Lines with hits and those around them pass, groups stand apart, bytes stay as they are."""
    data = b"".join(signs)
    sieve = LogSieve(read_log_query(text), context)
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    passed = b"".join(sieve.feed(data[a:b]) for a, b in pairwise(places)) + sieve.finish()
    lines = data.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    hits = [
        number for number, line in enumerate(lines)
        if {"a": b"a" in line, "!a": b"a" not in line, "/^$/": line.strip(b"\r\n") == b""}[text]
    ]  # fmt: skip
    wanted = sorted({
        one for hit in hits for one in range(hit - context, hit + context + 1)
        if 0 <= one < len(lines)
    })  # fmt: skip
    expected = b""
    for last, one in zip([-1, *wanted], wanted, strict=False):
        apart = context and last >= 0 and one != last + 1
        expected += (b"--\n" if apart else b"") + lines[one]
    assert passed == expected
    assert sieve.hits == len(hits)
