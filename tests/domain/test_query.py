"""The filter language: what it means, what it refuses and where, and that it can be read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.identity import Me, RunId
from skyforge_tui.domain.query import Query, QueryError
from skyforge_tui.domain.query_completion import completion
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.vocabularies import RUN_WORDS, RUNS, run_record
from tests.builders import NOON, a_run

NOW = NOON + timedelta(hours=2)
PIECES = st.sampled_from(
    [
        "bgp", '"cut off"', '"a\\"b', "/leaf[0-9]+/", "/(ab", "!", "!x", "template:",
        "template:a,b", 'template:"a b",/c/', "state:failed", "state:fai", "failed", '"failed"',
        "mine", "@", "@loc", "age<9d", "age<", "age<9", "age:3", "took>=1h30m", "size>10MB",
        "size>10x", "run:7", "run<x", "who=ada", "nonsense:1", "http://x", "//", "ÄÖ", "\\", ",",
        ":", " ", "!!a", "10.0.0.1:80",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(PIECES, max_size=5).map(" ".join),
    st.lists(PIECES, max_size=4).map("".join),
)


def found(text: str, run: Run) -> bool:
    """Say whether a query finds a run; ada asks."""
    return parse(text, RUNS).matches(run_record(run, NOW, Me("ada")))


@given(TEXTS)
def test_any_text_is_a_query_or_an_error_with_a_place(text: str) -> None:
    """Reading never fails in another way, and an error names a place in the text, in words."""
    raised = None
    try:
        parse(text, RUNS)
    except QueryError as error:
        raised = error
    assert raised is None or (0 <= raised.column <= len(text) and raised.message)


@given(TEXTS)
def test_a_query_can_be_read_again(text: str) -> None:
    """Printing and reading a query leaves it the same."""
    try:
        query = parse(text, RUNS)
    except QueryError:
        return
    again = parse(str(query), RUNS)
    assert again == query
    assert str(again) == str(query)


@given(TEXTS, st.integers(0, 40))
def test_completions_continue_what_was_typed(text: str, caret: int) -> None:
    """Taking a candidate keeps what stands before it and behind the caret."""
    caret = min(caret, len(text))
    offer = completion(text, caret, RUNS, ["local"])
    assert 0 <= offer.start <= caret or not offer.candidates
    for one in offer.candidates:
        taken, at = offer.taken(text, caret, one)
        assert taken.startswith(text[: offer.start])
        assert taken[at:] == text[caret:]
        assert taken[:at].endswith(one.text)


RUN = a_run(
    number=812, state=RunState.ERROR, template="deploy-BGP core", project="edge-fabric",
    started_by="ada", note="task 23 failed", log_bytes=12_000_000, id=RunId("local:812"),
    created_at=NOON, started_at=NOON, ended_at=NOON + timedelta(minutes=5), exit_code=2,
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "bgp", "BGP edge", '"bgp core"', '"BGP Core', "/b.p/", "/^deploy/", "!wan",
        "template:bgp", "template:wan,core", "template:/^deploy.*core$/", 'template:"bgp c"',
        "failed", "state:failed", "state:lost,failed", "state:error", "error", "!passed", "mine",
        "ended", "!active", "@loc", "@local", "!@eve", "age<3h", "age>1h59m", "age>=2h", "took=5m",
        "took<5.5m", "size>11.9MB", "size<12.1mb", "size>=12000kB", "run:812", "run=812", "run>811",
        "exit=2", "812", "who:ada", "project:edge note:23", "!/wan|frr/", '"failed"',
        "!template:wan", "mine failed took>1m @local bgp",
    ],
)  # fmt: skip
def test_what_a_query_finds(text: str) -> None:
    """A failed run of ada's, five minutes long, two hours ago, is found by all of these."""
    assert found(text, RUN)


@pytest.mark.parametrize(
    "text",
    [
        "wan", "bgp wan", '"core bgp"', "/^bgp/", "!bgp", "template:wan,frr", "who:bob", "passed",
        "state:passed,lost", "!failed", "!mine", "active", "@eve", "age<2h", "age>2h", "took>5m",
        "size>12MB", "run:81", "exit=0", "exit!=2 nothing", "note:core", "asks",
    ],
)  # fmt: skip
def test_what_a_query_leaves_out(text: str) -> None:
    """The same run is found by none of these."""
    assert not found(text, RUN)


def test_a_missing_figure_fits_nothing() -> None:
    """A run that has not begun took neither more nor less than anything; the inverse finds it."""
    waiting = a_run(state=RunState.WAITING)
    assert not found("took<1h", waiting)
    assert not found("took>=0s", waiting)
    assert found("!took<1h", waiting)


def test_a_running_run_took_what_it_took_until_now() -> None:
    """How long a run under way took grows with the time."""
    running = a_run(state=RunState.RUNNING, created_at=NOON, started_at=NOON)
    assert found("took=2h", running)


def test_one_that_asks_is_running_too() -> None:
    """Waiting for a person is a state of its own, and running as well."""
    asking = a_run(state=RunState.RUNNING, waits_for_input=True)
    assert found("asks", asking)
    assert found("running", asking)
    assert not found("asks", a_run(state=RunState.SUCCESS, waits_for_input=True))


@pytest.mark.parametrize(
    ("text", "column", "words", "is_unfinished"),
    [
        ("bgp stat:failed", 4, "state?", False),
        ("state:nonsense", 6, "no state is nonsense", False),
        ("state:faild", 6, "failed?", False),
        ("state:fai", 6, "failed?", True),
        ("!", 1, "behind !", True),
        ("! x", 0, "behind !", False),
        ("!!x", 1, "one ! is enough", False),
        ("@", 1, "behind @", True),
        ("template:", 9, "template", True),
        ("template: x", 9, "template", False),
        ("template:a,", 11, "template", True),
        ("template<a", 8, "template takes a :", False),
        ("age:9d", 3, "age takes <", False),
        ("age<", 4, "a time", True),
        ("age<9", 4, "a time", True),
        ("age<soon", 4, "a time", False),
        ("age<9 x", 4, "a time", False),
        ("size>10ZB", 5, "a size", False),
        ("run:x", 4, "a whole number", False),
        ("/a(b/", 2, "no )", False),
        ("/a(b", 2, "no )", True),
        ("/etc/hosts", 5, "quotes", False),
        ('"a"b', 3, "blank", False),
        ("http://x", 0, "runs have no http", False),
    ],
)
def test_errors_point_to_the_column(
    text: str, column: int, words: str, is_unfinished: bool
) -> None:
    """An error says in words what is wrong, at which character, and whether to type on."""
    with pytest.raises(QueryError) as raised:
        parse(text, RUNS)
    error = raised.value
    assert words in error.message
    assert (error.column, error.is_unfinished) == (column, is_unfinished)


def test_what_stands_before_a_mistake_is_known() -> None:
    """While one term cannot be read, those before it still can."""
    with pytest.raises(QueryError) as raised:
        parse("bgp mine stat:x lint", RUNS)
    assert str(raised.value.before) == "bgp mine"


def test_endless_filters_are_refused() -> None:
    """A filter has an end."""
    with pytest.raises(QueryError, match="at most"):
        parse("a " * 1000, RUNS)


def test_letters_that_are_looked_for_are_known() -> None:
    """A query says which letters of a cell it looks for; what must not be there marks nothing."""
    query = parse("dep /b.p/ template:core !edge who:ada", RUNS)
    assert query.spans("template", "Deploy-BGP core") == [(0, 3), (7, 10), (11, 15)]
    assert query.spans("project", "edge-core") == []
    assert query.spans("who", "Ada dep") == [(0, 3), (4, 7)]
    assert Query().spans("who", "ada") == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ag", "age<"),
        ("bgp temp", "template:"),
        ("state:fa", "failed"),
        ("state:lost,fa", "failed"),
        ("!mi", "mine"),
        ("@l", "@local"),
        ("pas", "passed"),
    ],
)
def test_completion(text: str, first: str) -> None:
    """Fields, values, words and instances are offered where they fit."""
    assert completion(text, len(text), RUNS, ["local", "eve"]).candidates[0].text == first


def test_no_completion_inside_of_quotes() -> None:
    """In a phrase or a pattern, words are just words."""
    assert completion('"stat', 5, RUNS).candidates == ()
    assert completion("/stat", 5, RUNS).candidates == ()


def test_every_state_has_a_word() -> None:
    """No state of a run is without a word to ask for it."""
    assert set(RUN_WORDS) == set(RunState)
    assert len(set(RUN_WORDS.values())) == len(RunState)
