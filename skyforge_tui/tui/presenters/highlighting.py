"""What stands out in a line of a file, by the kind of file: keys, comments, headings, changes.

Line by line, so that only what is shown is looked at; a text over several lines is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from skyforge_tui.tui.presenters.cells import Line, Span, Tone, literal

Paint = Callable[[str], Line]
MOST_COLUMNS: Final = 500
"""Characters shown of a line."""

_COMMENT = r"(?P<muted>(?:^|(?<=\s))#.*$)"
_JINJA = r"(?P<warn>\{\{.*?\}\}|\{%.*?%\})"
_TEXTS = r"(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_WORDS = (
    "and as assert async await break case class continue def del do done elif else esac except"
    " export fi finally for from function if import in is lambda local not or pass raise return"
    " set then try while with yield"
)
_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "yaml": (
        _COMMENT, _JINJA,
        r"(?P<accent>^\s*(?:- +)*[^\s#\"'{\[&*!|>%@`][^#\"'{]*?(?=:(?:\s|$)))",
        r"(?P<faint>^\s*(?:---|\.\.\.)\s*$)",
    ),
    "json": (r"(?P<accent>\"(?:[^\"\\]|\\.)*\"(?=\s*:))",),
    "keys": (
        r"(?P<muted>^\s*[#;!].*$)", r"(?P<strong>^\s*\[.*\]\s*$)",
        r"(?P<accent>^\s*[\w.-]+(?=\s*=))",
    ),
    "terraform": (
        r"(?P<muted>(?:^|(?<=\s))(?:#|//).*$)", _TEXTS,
        r"(?P<strong>^\s*(?:resource|data|variable|output|module|provider|terraform|locals)\b)",
        r"(?P<accent>^\s*[\w-]+(?=\s*[={]))",
    ),
    "code": (_COMMENT, _TEXTS, rf"(?P<accent>\b(?:{'|'.join(_WORDS.split())})\b)"),
    "words": (
        r"(?P<strong>^#{1,6} .*$)", r"(?P<accent>`[^`]+`)", r"(?P<muted>^\s*(?:```|~~~).*$)",
        r"(?P<strong2>\*\*[^*]+\*\*)",
    ),
    "template": (r"(?P<muted>\{#.*?#\})", _JINJA),
    "patch": (
        r"(?P<strong>^(?:diff |index |--- |\+\+\+ |new file|deleted file|rename |similarity ).*$)",
        r"(?P<accent>^@@.*$)", r"(?P<ok>^\+.*$)", r"(?P<bad>^-.*$)",
    ),
    "device": (r"(?P<muted>^\s*!.*$)", r"(?P<accent>^(?:interface|router|ip|vlan|hostname)\b)"),
}  # fmt: skip
_ENDINGS: Final = {
    "yml": "yaml", "yaml": "yaml", "json": "json", "ini": "keys", "cfg": "keys", "toml": "keys",
    "conf": "keys", "env": "keys", "tf": "terraform", "tfvars": "terraform", "hcl": "terraform",
    "py": "code", "sh": "code", "bash": "code", "md": "words", "rst": "words", "j2": "template",
    "jinja": "template", "diff": "patch", "patch": "patch", "ps1": "code", "rb": "code",
    "mk": "code", "ios": "device", "eos": "device", "junos": "device", "config": "device",
}  # fmt: skip
_NAMES: Final = {
    "makefile": "code", "dockerfile": "code", "hosts": "keys", "inventory": "keys",
    ".gitignore": "keys", ".gitconfig": "keys",
}  # fmt: skip
_TONES: Final[Mapping[str, Tone]] = {"strong2": "strong"}


def painter(name: str) -> Paint:
    """Return what paints the lines of a file of this name."""
    last = name.rpartition("/")[2].lower()
    return painter_of(_NAMES.get(last) or _ENDINGS.get(last.rpartition(".")[2], ""))


@cache
def painter_of(kind: str) -> Paint:
    """Return what paints lines of a kind, such as `patch`; of an unknown one, plain text."""
    rules = _RULES.get(kind)
    if rules is None:
        return lambda row: (Span(literal(row.expandtabs(4)[:MOST_COLUMNS])),)
    pattern = re.compile("|".join(rules))

    def paint(row: str) -> Line:
        row = row.expandtabs(4)[:MOST_COLUMNS]
        spans: list[Span] = []
        end = 0
        for found in pattern.finditer(row):
            if found.start() > end:
                spans.append(Span(literal(row[end : found.start()])))
            group = found.lastgroup or "text"
            tone = _TONES.get(group) or _tone(group)
            spans.append(Span(literal(found[0]), tone, bold=tone == "strong"))
            end = found.end()
        if end < len(row) or not spans:
            spans.append(Span(literal(row[end:])))
        return tuple(spans)

    return paint


def _tone(group: str) -> Tone:
    match group:
        case "muted" | "accent" | "warn" | "faint" | "strong" | "ok" | "bad":
            return group
        case _:
            return "text"
