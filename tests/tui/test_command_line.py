"""The command line's language: what lines mean, what they suggest, and that nothing breaks it."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.command_completion import completions
from skyforge_tui.tui.command_line import (
    VERBS,
    Card,
    Do,
    GoTo,
    Known,
    Meaning,
    OnView,
    ToRun,
    TrustAt,
    meaning_of,
)
from skyforge_tui.tui.commands import COMMANDS, TABS, Place, commands_of
from skyforge_tui.tui.presenters.offers import Wrong
from skyforge_tui.tui.presenters.words import quoted, tokens

KNOWN = Known(
    commands=tuple(commands_of(Place.RUNS)),
    templates={
        "netlab-up": (
            SurveyField("topology"),
            SurveyField("device", FieldKind.ENUM, choices=("frr", "eos")),
            SurveyField("wipe", FieldKind.BOOL),
        ),
        "edge/my lab": (),
    },
    runs={"812": "deploy-bgp running", "811": "wan-cutover asks"},
    paths=("/srv/edge/skyforge.toml",),
    views=("broken", "my own"),
)

LINES = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [*TABS, *VERBS, "netlab-up", "device=", "topology=x", "812", "@nl-1", "'", '"',
             "state:", "/re(", "age<1h", "\\", "stop all", "same again", "run.stop"]
        )
    ).map(" ".join),
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("runs failed", GoTo(Place.RUNS, "failed")),
        ("labs @nl-1 bgp", GoTo(Place.LABS, "@nl-1 bgp")),
        ("  Projects ", GoTo(Place.PROJECTS)),
        ("run netlab-up", Card("netlab-up")),
        ("run netlab-up topology='a b' device=eos",
         Card("netlab-up", {"topology": "a b", "device": "eos"})),
        ("run 'edge/my lab'", Card("edge/my lab")),
        ("stop 812", ToRun("stop", "812")),
        ("rerun 812", ToRun("rerun", "812")),
        ("stop", Do("run.stop")),
        ("run", Do("launch.deck")),
        ("trust /srv/x", TrustAt("/srv/x")),
        ("view broken", OnView("show", "broken")),
        ("view my own", OnView("show", "my own")),
        ("view save of mara", OnView("save", "of mara")),
        ("view save broken", OnView("save", "broken")),
        ("view rm my own", OnView("rm", "my own")),
        ("view", Do("view.open")),
        ("view ls", Do("view.open")),
        ("run.stop", Do("run.stop")),
        ("same again", Do("launch.again")),
        ("look again", Do("app.refresh")),
        ("q", Do("app.quit")),
    ],
)  # fmt: skip
def test_meanings(line: str, meaning: Meaning) -> None:
    """Places take a filter, verbs an object, commands go by id, label or help."""
    assert meaning_of(line, KNOWN) == meaning


@pytest.mark.parametrize(
    ("line", "column", "suggestion"),
    [
        ("rnus failed", 0, "runs"),
        ("  stopp 812", 2, "stop"),
        ("run netlab-pu", 4, "netlab-up"),
        ("run netlab-up devise=eos", 14, "device"),
        ("run netlab-up device", 14, "device"),
        ("view brokn", 5, "broken"),
        ("view rm brokn", 8, "broken"),
        ("view save", 9, ""),
        ("stop 812 811", 9, ""),
        ("run 'netlab", 4, ""),
        ("same agian", 0, "same again"),
        ("runs failed age<soon", 16, None),
    ],
)
def test_mistakes(line: str, column: int, suggestion: str | None) -> None:
    """What is wrong is shown at its column, with what was probably meant."""
    mistake = meaning_of(line, KNOWN)
    assert isinstance(mistake, Wrong)
    assert mistake.column == column
    if suggestion is not None:
        assert mistake.suggestion == suggestion


def test_every_command_is_reached() -> None:
    """Every command of the registry has a line: its id, wherever it can be done."""
    for place in Place:
        known = Known(commands=tuple(commands_of(place)))
        for command in commands_of(place):
            assert meaning_of(command.id, known) == Do(command.id)
    assert {one.id for place in Place for one in commands_of(place)} == {c.id for c in COMMANDS}


def test_no_view_without_a_table() -> None:
    """Where there is no table, nothing can be kept as a view."""
    known = Known(commands=tuple(commands_of(Place.RUN)), views=())
    mistake = meaning_of("view save x", known)
    assert isinstance(mistake, Wrong)
    assert "no table here" in mistake.message


def test_a_view_named_like_a_verb_is_shown() -> None:
    """A view that is called `save` is still shown by its name."""
    known = Known(commands=tuple(commands_of(Place.RUNS)), views=("save",))
    assert meaning_of("view save", known) == OnView("show", "save")
    assert meaning_of("view save save", known) == OnView("save", "save")


@given(LINES)
def test_any_line_is_understood_or_not(line: str) -> None:
    """No line breaks the parser, and mistakes point into the line."""
    meaning = meaning_of(line, KNOWN)
    if isinstance(meaning, Wrong):
        assert 0 <= meaning.column <= len(line)


@given(LINES)
def test_completions_go_on(line: str) -> None:
    """No line breaks completion, and what it offers keeps all finished words."""
    kept = line[: tokens(line)[-1].start] if tokens(line) and not line[-1].isspace() else line
    for one in completions(line, KNOWN):
        assert one.line.startswith(kept.rstrip()) or line.lstrip().startswith(tuple(TABS))


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ru", "runs "),
        ("run net", "run netlab-up "),
        ("run my", "run 'edge/my lab' "),
        ("run netlab-up ", "run netlab-up topology="),
        ("run netlab-up topology=x dev", "run netlab-up topology=x device="),
        ("run netlab-up device=e", "run netlab-up device=eos "),
        ("run netlab-up wipe=t", "run netlab-up wipe=true "),
        ("stop ", "stop 812"),
        ("trust ", "trust /srv/edge/skyforge.toml"),
        ("view b", "view broken"),
        ("view rm my", "view rm 'my own'"),
        ("view s", "view save "),
        ("runs sta", "runs state:"),
        ("runs state:fai", "runs state:failed"),
        ("again", "launch.again"),
    ],
)
def test_completions(line: str, offered: str) -> None:
    """Completion knows heads, names, questions, their choices, runs, paths, views and fields."""
    assert offered in [one.line for one in completions(line, KNOWN)]


def test_given_answers_are_not_offered() -> None:
    """A question that is answered is not offered again."""
    found = [one.line for one in completions("run netlab-up device=eos ", KNOWN)]
    assert found == ["run netlab-up device=eos topology=", "run netlab-up device=eos wipe="]


@given(st.lists(st.text(min_size=1)))
def test_words_come_back(words: list[str]) -> None:
    """Words quoted for the line are read as they were, each in its columns."""
    line = " ".join(quoted(one) for one in words)
    found = tokens(line)
    assert [one.text for one in found] == words
    assert not any(one.is_torn for one in found)
    assert [line[one.start : one.end] for one in found] == [quoted(one) for one in words]


@given(st.text(st.characters(codec="ascii")))
def test_words_are_a_shells(line: str) -> None:
    """Where a shell's reader can read a line, ours reads the same words."""
    try:
        expected = shlex.split(line)
    except ValueError:
        return
    if not any(one.isspace() and one not in " \t\r\n" for one in line):
        assert [one.text for one in tokens(line)] == expected
