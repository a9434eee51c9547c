"""The command line's language: what a line means, and what may come next in it. Pure.

The first word decides: a place (the rest filters it), a verb, or a command by its id or label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from skyforge_tui.domain import vocabularies
from skyforge_tui.domain.artifact_vocabulary import ARTIFACTS
from skyforge_tui.domain.connection import KINDS
from skyforge_tui.domain.lab_vocabulary import LABS
from skyforge_tui.domain.query import QueryError
from skyforge_tui.domain.query_parser import parse as parse_query
from skyforge_tui.domain.searchable import Vocabulary
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.commands import TABS, Command, Place
from skyforge_tui.tui.presenters.offers import Wrong
from skyforge_tui.tui.presenters.words import Token, tokens

VERBS: dict[str, tuple[str, str]] = {
    "run": ("launch.deck", "open a template's card: run NAME k=v …"),
    "open": ("run.open", "a run's live output"),
    "stop": ("run.stop", "stop a run"),
    "rerun": ("run.rerun", "open the card of a run again"),
    "answer": ("run.answer", "type what a run asks for"),
    "confirm": ("run.confirm", "let a run go on that waits for it"),
    "reject": ("run.reject", "end a run that waits to go on"),
    "trust": ("project.trust", "trust what a file or folder declares"),
    "connect": ("connection.connect", "connect to a server: connect KIND ADDRESS"),
    "signin": ("", "let a server ask again who one is: signin NAME"),
    "view": ("view.open", "a kept view: view NAME, view save NAME, view rm NAME"),
}
"""What a line may begin with: the command it is without more words, and what it does."""

FILTERS: dict[Place, Vocabulary] = {
    Place.RUNS: vocabularies.RUNS,
    Place.PROJECTS: vocabularies.PROJECTS,
    Place.LABS: LABS,
    Place.ARTIFACTS: ARTIFACTS,
}
"""What may be asked of the things in a place."""

_ALSO = {"q": "app.quit", "quit": "app.quit", "help": "app.help"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a line may name here and now."""

    commands: tuple[Command, ...] = ()
    templates: Mapping[str, tuple[SurveyField, ...]] = field(default_factory=dict)
    """Template names (`name`, `project/name`) and what they ask; secret questions left out."""
    runs: Mapping[str, str] = field(default_factory=dict)
    """Run numbers, newest first, with a few words on each."""
    paths: tuple[str, ...] = ()
    """What could be trusted."""
    views: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    """Names of what is connected to."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go to a place and filter it."""

    place: Place
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out a command on what stands under the cursor."""

    command_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """Open a template's card, filled in."""

    template: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToRun:
    """Open, stop, rerun or answer a run."""

    verb: str
    run: str


@dataclass(frozen=True, slots=True)
class TrustAt:
    """Ask whether to trust what a path declares."""

    path: str


@dataclass(frozen=True, slots=True)
class OnView:
    """Show a kept view, keep what is shown as one, or drop one."""

    verb: str
    """`show`, `save` or `rm`."""
    name: str


@dataclass(frozen=True, slots=True)
class ToServer:
    """Connect to a server, or sign in again at one."""

    verb: str
    """`connect` or `signin`."""
    kind: str = ""
    name: str = ""
    """An address or a name."""


Meaning = GoTo | Do | Card | ToRun | TrustAt | OnView | ToServer | Wrong


def meaning_of(text: str, known: Known) -> Meaning:
    """Return what a line means; never raises."""
    words = tokens(text)
    if not words:
        return Wrong(0, "nothing typed yet")
    head, rest = words[0], words[1:]
    torn = next((one for one in words if one.is_torn), None)
    first = head.text.lower()
    if first in TABS:
        return _place(Place(first), text[head.end :], head.end)
    if torn is not None:
        return Wrong(torn.start, "a quote is never closed")
    if first in VERBS:
        return _verb(first, head, rest, known)
    whole = " ".join(one.text for one in words).lower()
    named = _named(whole, known.commands)
    if named:
        return Do(named)
    heads = [*TABS, *VERBS, *_ALSO, *(one.id for one in known.commands)]
    heads += [one.label for one in known.commands]
    if _named(first, known.commands):
        return Wrong(rest[0].start, f"{first} takes nothing more")
    near = _nearest(first, heads) or _nearest(whole, heads)
    return Wrong(head.start, f"no place, verb or command {head.text}", near)


def _named(words: str, commands: Iterable[Command]) -> str:
    """Return the id of the command that these words name, or nothing."""
    if words in _ALSO:
        return _ALSO[words]
    listed = list(commands)
    for name in ("id", "help", "label"):
        for one in listed:
            if getattr(one, name).lower() == words:
                return one.id
    return ""


def _place(place: Place, rest: str, column: int) -> GoTo | Wrong:
    wanted = rest.strip()
    vocabulary = FILTERS.get(place)
    if wanted and vocabulary is not None:
        start = column + len(rest) - len(rest.lstrip())
        try:
            parse_query(wanted, vocabulary)
        except QueryError as error:
            return Wrong(start + error.column, error.message, error.advice)
    return GoTo(place, wanted)


def _verb(verb: str, head: Token, rest: list[Token], known: Known) -> Meaning:
    if verb in ("connect", "signin"):
        return _server(verb, head, rest, known)
    if not rest:
        command_id = VERBS[verb][0]
        here = {one.id for one in known.commands}
        if command_id in here:
            return Do(command_id)
        return Wrong(head.end, f"{verb} what?")
    if verb == "run":
        return _card(rest, known)
    if verb == "view":
        return _view(rest, known)
    if len(rest) > 1:
        return Wrong(rest[1].start, f"{verb} takes one word")
    only = rest[0]
    return TrustAt(only.text) if verb == "trust" else ToRun(verb, only.text)


def _server(verb: str, head: Token, rest: list[Token], known: Known) -> ToServer | Wrong:
    """Return which server is meant; a kind may stand before an address, or be left out."""
    words = [one.text for one in rest]
    if verb == "signin":
        if len(words) == 1:
            return ToServer(verb, name=words[0])
        names = ", ".join(known.servers) or "none is configured"
        return Wrong(head.end, f"signin at which server? ({names})")
    kind = words.pop(0) if words and words[0] in KINDS else ""
    if len(words) > 1:
        return Wrong(rest[-1].start, "connect takes a kind and an address")
    return ToServer(verb, kind, words[0] if words else "")


def _view(rest: list[Token], known: Known) -> Meaning:
    """Return what is done with a view; a view that is called like a verb is still one."""
    verb, names = rest[0], rest[1:]
    if not {one.id for one in known.commands} >= {"view.open", "view.save"}:
        return Wrong(verb.start, "there is no table here that could be looked at by a view")
    whole = " ".join(one.text for one in rest)
    if whole in known.views:
        return OnView("show", whole)
    if not names and verb.text in VIEW_VERBS:
        return Do("view.open") if verb.text == "ls" else Wrong(verb.end, f"{verb.text} what name?")
    name = " ".join(one.text for one in names)
    if verb.text == "save":
        return OnView("save", name)
    is_drop = verb.text == "rm" and bool(names)
    wanted, start = (name, names[0].start) if is_drop else (whole, verb.start)
    if wanted not in known.views:
        return Wrong(start, f"no view named {wanted}", _nearest(wanted, known.views))
    return OnView("rm", wanted)


VIEW_VERBS = {
    "save": "keep filter and order as a view", "rm": "drop a view", "ls": "all views of this table"
}  # fmt: skip
"""What can be done with views."""


def _card(rest: list[Token], known: Known) -> Card | Wrong:
    name, pairs = rest[0], rest[1:]
    fields = known.templates.get(name.text)
    if fields is None:
        near = _nearest(name.text, known.templates)
        return Wrong(name.start, f"no template named {name.text}", near)
    names = [one.name for one in fields]
    answers: dict[str, str] = {}
    for one in pairs:
        key, equals, value = one.text.partition("=")
        if not equals:
            return Wrong(one.start, f"{key} is not NAME=VALUE", _nearest(key, names))
        if key not in names:
            asked = f"{name.text} asks no question named {key}"
            return Wrong(one.start, asked, _nearest(key, names))
        answers[key] = value
    return Card(name.text, answers)


def past_card(line: str) -> Card | None:
    """Return the card that a remembered launch opens, whatever is asked today."""
    words = [one.text for one in tokens(line)]
    if len(words) < 2 or words[0] != "run":
        return None
    pairs = (one.partition("=") for one in words[2:])
    return Card(words[1], {name: value for name, equals, value in pairs if equals})


def _nearest(word: str, names: Iterable[str]) -> str:
    if len(word) > 80:  # comparing is quadratic
        return ""
    folded = {one.lower(): one for one in names}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else ""


def choices_of(asked: SurveyField) -> tuple[str, ...]:
    """Return what a field may be answered with, where that is a list."""
    if asked.kind is FieldKind.BOOL:
        return ("true", "false")
    return asked.choices if asked.kind is FieldKind.ENUM else ()
