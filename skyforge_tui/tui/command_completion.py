"""What may come next on the command line. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from skyforge_tui.domain.connection import KINDS
from skyforge_tui.domain.query_completion import completion
from skyforge_tui.tui.command_line import FILTERS, VERBS, VIEW_VERBS, Known, choices_of
from skyforge_tui.tui.commands import TABS, Place
from skyforge_tui.tui.presenters.fuzzy import match
from skyforge_tui.tui.presenters.offers import Suggestion
from skyforge_tui.tui.presenters.words import Token, quoted, tokens

MOST = 200


def completions(text: str, known: Known) -> list[Suggestion]:
    """Return how the last word of `text` may go on, best first; never raises."""
    words = tokens(text)
    is_new = not text or (text[-1].isspace() and not (words and words[-1].is_torn))
    if not words or (len(words) == 1 and not is_new):
        return _heads(text, words, known)
    last = Token("", len(text), len(text)) if is_new else words[-1]
    first = words[0].text.lower()
    before = words[1:] if is_new else words[1:-1]
    if first in TABS:
        return _filters(Place(first), text, words[0].end)
    if first == "run":
        return _answers(text, before, last, known) if before else _templates(text, last, known)
    if first == "view":
        return _views(text, before, last, known)
    if before:
        return []
    match first:
        case "open" | "stop" | "rerun" | "answer" | "confirm" | "reject":
            return _fitting(text, last, known.runs.items())
        case "connect":
            return _fitting(text, last, ((one, "") for one in (*KINDS, *known.servers)), end=" ")
        case "signin":
            return _fitting(text, last, ((one, "") for one in known.servers))
        case "trust":
            return _fitting(text, last, ((one, "") for one in known.paths))
        case _:
            return []


def _heads(text: str, words: list[Token], known: Known) -> list[Suggestion]:
    last = words[0] if words else Token("", len(text), len(text))
    places = [(f"{place} ", f"go to {place.title()}, filtered by more words") for place in TABS]
    verbs = [(f"{verb} ", about) for verb, (_, about) in VERBS.items()]
    actions = [(one.id, one.help) for one in known.commands if not one.id.startswith("place.")]
    found = _fitting(text, last, [*places, *verbs, *actions], is_quoted=False)
    labels = [
        Suggestion(text[: last.start] + one.id, one.id, one.help)
        for one in known.commands
        if last.text and last.text.lower() in one.label and last.text.lower() not in one.id
    ]
    return [*found, *labels]


def _templates(text: str, last: Token, known: Known) -> list[Suggestion]:
    about = {name: ", ".join(one.name for one in asked) for name, asked in known.templates.items()}
    return _fitting(text, last, about.items(), end=" ")


def _views(text: str, before: list[Token], last: Token, known: Known) -> list[Suggestion]:
    """Return the views and what can be done with one; to drop or to replace, the views alone."""
    views = [(one, "") for one in known.views]
    if not before:
        verbs = [(f"{verb} ", about) for verb, about in VIEW_VERBS.items()]
        return [*_fitting(text, last, views), *_fitting(text, last, verbs, is_quoted=False)]
    return _fitting(text, last, views) if before[0].text in ("save", "rm") else []


def _answers(text: str, before: list[Token], last: Token, known: Known) -> list[Suggestion]:
    asked = known.templates.get(before[0].text, ())
    name, equals, _ = last.text.partition("=")
    if equals:
        one = next((one for one in asked if one.name == name), None)
        values = choices_of(one) if one is not None else ()
        pairs = [(f"{name}={value}", "") for value in values]
        return _fitting(text, last, pairs, end=" ")
    given = {one.text.partition("=")[0] for one in before[1:]}
    return _fitting(
        text, last,
        ((f"{one.name}=", one.description) for one in asked if one.name not in given),
        is_quoted=False,
    )  # fmt: skip


def _filters(place: Place, text: str, column: int) -> list[Suggestion]:
    vocabulary = FILTERS.get(place)
    if vocabulary is None:
        return []
    found = completion(text[column:], len(text) - column, vocabulary)
    start = column + found.start
    return [
        Suggestion(text[:start] + one.text, one.text, one.about) for one in found.candidates[:MOST]
    ]


def _fitting(
    text: str, last: Token, pairs: Iterable[tuple[str, str]], *, end: str = "",
    is_quoted: bool = True,
) -> list[Suggestion]:  # fmt: skip
    """Return the words that match what was typed of the last one, best first."""
    found: list[tuple[int, Suggestion]] = []
    for word, about in pairs:
        how = match(last.text, word)
        if how is None or word == last.text:
            continue
        score = how.score + (1_000 if word.lower().startswith(last.text.lower()) else 0)
        taken = (quoted(word) if is_quoted else word) + end
        found.append(
            (score if last.text else 0, Suggestion(text[: last.start] + taken, word.strip(), about))
        )
    found.sort(key=lambda pair: -pair[0])
    return [one for _, one in found[:MOST]]
