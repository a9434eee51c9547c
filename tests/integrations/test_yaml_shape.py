"""The upper levels of YAML files, read without constructing anything."""

from __future__ import annotations

import re

import pytest

from skyforge_tui.integrations import yaml_shape
from skyforge_tui.integrations.yaml_shape import YamlError, has_outer_key, read_shape


def test_scalars_lists_and_mappings_are_kept() -> None:
    """Numbers stay text, null is None, and quoted words are words."""
    assert read_shape(b"a: 1\nb: [x, ~]\nc: {d: '~'}\n") == {
        "a": "1",
        "b": ["x", None],
        "c": {"d": "~"},
    }


def test_only_the_first_document_counts() -> None:
    """What follows a document is not looked at."""
    assert read_shape(b"---\na: 1\n---\nb: [\n") == {"a": "1"}


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"---\n"])
def test_nothing_is_nothing(data: bytes) -> None:
    """An empty file has no shape."""
    assert read_shape(data) is None


def test_what_lies_deep_is_not_kept() -> None:
    """Four levels tell files apart; more are read past."""
    assert read_shape(b"a: {b: {c: {d: {e: 1}}}}\n") == {"a": {"b": {"c": {"d": None}}}}


def test_keys_that_are_no_words_are_left_out() -> None:
    """A list as a key is read past, and what stands beside it stays."""
    assert read_shape(b"? [a, b]\n: 1\nc: 2\n") == {"c": "2"}


def test_aliases_and_tags_unfold_and_construct_nothing() -> None:
    """Sixty doublings cost sixty lines, and a tag that names code is a word."""
    lines = ["x0: &x0 [a, a]"]
    lines += [f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]" for n in range(1, 60)]
    lines.append("t: !!python/object/apply:os._exit [3]")
    shape = read_shape("\n".join(lines).encode())
    assert isinstance(shape, dict)
    assert (shape["x59"], shape["t"]) == ([None, None], ["3"])


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a: 1\nb: [\n", 3, "YAML"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
        (b"a: b\x00c\n", 0, "control"),
        (b"a: " + b"[" * 500_000, 1, "deep"),
        (b"a: [" + b"b," * 40_000 + b"]", 1, "nodes"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    monkeypatch: pytest.MonkeyPatch, data: bytes, line: int, words: str
) -> None:
    """Broken, foreign and endless files are refused, each in bounded work."""
    monkeypatch.setattr(yaml_shape, "_MAX_EVENTS", 20_000)
    with pytest.raises(YamlError, match=words) as caught:
        read_shape(data)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "data",
    [
        b"nodes: 1",
        b"a: 1\nnodes : 1",
        b"a: 1\r\n'nodes': 1",
        b"\xef\xbb\xbfnodes: 1",
        b'{"nodes": 1}',
        b"{a: 1,\n   nodes: 1}",
    ],
)
def test_a_key_on_the_outside_is_seen(data: bytes) -> None:
    """At the left edge or in braces, quoted or not."""
    assert has_outer_key(data, re.compile(rb"nodes[\"']?\s*:"))


@pytest.mark.parametrize(
    "data", [b"", b"a:\n  nodes: 1", b"# nodes: 1", b"subnodes: 1", b"nodes\n", b"- nodes: 1"]
)
def test_a_key_further_in_is_passed_over(data: bytes) -> None:
    """What is indented, or part of another word, is no key of the outermost mapping."""
    assert not has_outer_key(data, re.compile(rb"nodes[\"']?\s*:"))
