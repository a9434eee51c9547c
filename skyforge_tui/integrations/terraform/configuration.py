"""Reading what a Terraform or OpenTofu configuration is made of, without understanding it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SUFFIXES = (".tf", ".tofu")
"""Files that are read here."""
OBEYED_SUFFIXES = (*SUFFIXES, ".tf.json", ".tofu.json")
"""Files that the tools read in the folder they are started in."""
MAX_BYTES = 1024 * 1024
"""Larger files are not read."""

_TOKEN = re.compile(
    r"""
    (?P<skip> \#[^\n]* | //[^\n]* | /\*.*?(?:\*/|\Z) | [ \t\r]+ )
  | <<-?(?P<mark>\w++)[^\n]*+\n .*? (?:^[ \t]*(?P=mark)\b | \Z)
  | " (?P<text> (?:[^"\\\n]|\\.)*+ ) (?: " | (?=\n) | \Z )
  | (?P<word> [A-Za-z_][\w-]* )
  | (?P<sign> [{}=\n] )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_DOES_SOMETHING = frozenset({"data", "module", "provider", "resource", "terraform"})


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one file declares, as far as it matters where the tools are to be started."""

    blocks: frozenset[str] = frozenset()
    """The types of its top-level blocks."""
    has_backend: bool = False
    """Whether it says where its state is kept, which only a root does."""
    local_modules: tuple[str, ...] = ()
    """The sources of modules that begin with `./` or `../`."""

    @property
    def does_something(self) -> bool:
        """Whether there is more than variables and outputs."""
        return not _DOES_SOMETHING.isdisjoint(self.blocks)


def read_configuration(data: bytes) -> Configuration:
    """Return what the file in `data` declares; what is no HCL declares nothing."""
    blocks: set[str] = set()
    modules: list[str] = []
    has_backend = False
    open_blocks: list[str] = []
    statement: list[str] = []
    for kind, text in _tokens(data.decode("utf-8-sig", "replace")):
        if text == "{" and kind == "sign":
            # Of an attribute's braces, `=` comes first, and then it opens no block.
            word = statement[0] if statement and "=" not in statement else ""
            if not open_blocks and word:
                blocks.add(word)
            has_backend |= open_blocks == ["terraform"] and word in ("backend", "cloud")
            open_blocks.append(word)
            statement = []
        elif kind == "sign" and text in "}\n":
            if open_blocks == ["module"] and statement[:2] == ["source", "="]:
                modules += [one for one in statement[2:3] if one.startswith(("./", "../"))]
            statement = []
            if text == "}" and open_blocks:
                open_blocks.pop()
        else:
            statement.append(text)
    return Configuration(frozenset(blocks), has_backend, tuple(modules))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text); comments, white space and the content of here-documents are left out."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind not in (None, "skip", "mark"):
            yield kind, match[kind]
