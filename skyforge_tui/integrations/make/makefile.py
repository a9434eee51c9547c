"""The targets of a makefile that somebody would ask for, found by reading; make is never run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FILE_NAMES = ("GNUmakefile", "makefile", "Makefile")
"""The first of these that is in a folder is the one that make reads."""
MAX_BYTES = 1024 * 1024
"""Larger files are not read."""
MAX_TARGETS = 50

_VARIABLE = re.compile(r"\s*(?:(?:export|override|private)\s+)*[^\s:=]+\s*(?:[:+?!]|::|:::)?=")
_TARGET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+@./-]*")
_INCLUDE = re.compile(r"\s*(?:-include|sinclude|include)\s+(?P<names>.*)")
_DEFINE = re.compile(r"\s*(?:(?:export|override|private)\s+)*define\b")
_ENDEF = re.compile(r"\s*endef\b")
_COMMENT = re.compile(r"(?<!\\)#(?P<rest>.*)")
_DIRECTIVES = frozenset(
    {"define", "else", "endef", "endif", "export", "ifdef", "ifeq", "ifndef", "ifneq", "override"}
    | {"private", "undefine", "unexport", "vpath"}
)
_DECORATION = " \t#=-*~_"


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be made, and what is said about it."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Makefile:
    """What a makefile tells."""

    targets: tuple[Target, ...] = ()
    """In the order of the file, at most `MAX_TARGETS`."""
    count: int = 0
    """How many there are in all."""
    includes: tuple[str, ...] = ()
    """The names of included files that are written out, relative to where make is started."""


@dataclass(slots=True)
class _Rule:
    description: str = ""
    has_recipe: bool = False


@dataclass(slots=True)
class _Reader:
    rules: dict[str, _Rule] = field(default_factory=dict)
    phony: set[str] = field(default_factory=set)
    includes: list[str] = field(default_factory=list)
    has_own_prefix: bool = False
    _current: list[_Rule] = field(default_factory=list)
    _comment: str = ""

    def line(self, line: str) -> None:
        """Read one line, its continuations joined."""
        if line.startswith("\t"):
            for rule in self._current:
                rule.has_recipe |= bool(line.strip())
            return
        if not line.strip():
            self._comment = ""
            return
        if line.lstrip().startswith("#"):
            self._comment = line.strip().strip(_DECORATION)
            return
        comment, self._comment = self._comment, ""
        if line.split()[0] in _DIRECTIVES:
            return
        if line.startswith(".RECIPEPREFIX"):
            self.has_own_prefix = True
        elif (included := _INCLUDE.fullmatch(_without_comment(line))) is not None:
            self.includes += [
                one for one in included["names"].split() if not set(one) & set("$*?[]~%")
            ]
        elif not _VARIABLE.match(line) and (found := _rule_of(line)) is not None:
            self._rule(*found, comment)
        else:
            self._current = []

    def _rule(self, names: list[str], rest: str, comment: str) -> None:
        if names == [".PHONY"]:
            self.phony |= set(_without_comment(rest).split())
            return
        if _VARIABLE.match(rest):
            return  # a variable of the target only
        said = rest.partition("##")[2].strip() or comment
        self._current = [self.rules.setdefault(name, _Rule()) for name in names]
        for rule in self._current:
            rule.description = rule.description or said
            rule.has_recipe |= ";" in _without_comment(rest)


def read_makefile(data: bytes) -> Makefile:
    """Return the targets with a recipe, or declared phony, and the files that are included.

    Patterns, names made of variables and special targets are left out, and so are names of files
    unless they are declared phony. A file that changes how recipes are written has no targets.
    """
    reader = _Reader()
    is_defining = False
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    for line in re.sub(r"\\\n[ \t]*", " ", text).split("\n"):
        if is_defining:
            is_defining = not _ENDEF.match(line)
        elif _DEFINE.match(line) and not line.startswith("\t"):
            is_defining = True
        else:
            reader.line(line)
    found = [
        Target(name, rule.description)
        for name, rule in reader.rules.items()
        if _is_asked_for(name, rule, name in reader.phony)
    ]
    if reader.has_own_prefix:
        found = []
    return Makefile(tuple(found[:MAX_TARGETS]), len(found), tuple(reader.includes))


def _is_asked_for(name: str, rule: _Rule, is_phony: bool) -> bool:
    if not _TARGET.fullmatch(name):
        return False
    return is_phony or (rule.has_recipe and not set(name) & set("./"))


def _rule_of(line: str) -> tuple[list[str], str] | None:
    """Return the targets of a rule and what follows them, or None when it is no rule."""
    before, colon, rest = line.partition(":")
    rest = rest.removeprefix(":")
    if not colon or rest.startswith((":", "=")) or not set(before).isdisjoint("=#"):
        return None
    return before.rstrip().removesuffix("&").split(), rest


def _without_comment(text: str) -> str:
    return _COMMENT.sub("", text, count=1)
