"""A question about runs as SQL, as far as SQL can answer it, and the rest as patterns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from skyforge_tui.domain.identity import LOCAL, Me, upstream_of
from skyforge_tui.domain.pattern import BREAK, Pattern, in_one_line
from skyforge_tui.domain.query import Compares, Has, Is, Like, On, Term, Test, Word
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.view import Sort
from skyforge_tui.domain.vocabularies import RUN_WORDS, run_text
from skyforge_tui.ports.cache import RunSearch
from skyforge_tui.store.instants import microseconds

IN_ORDER = "is_active DESC, created_at DESC, number DESC"

COLUMNS = (
    "text", "template", "project", "who", "note", "instance", "waits", "started_at", "ended_at",
    "log_bytes", "exit_code",
)  # fmt: skip
"""What a run's row has besides, for searching."""

_TOOK = "max(coalesce(ended_at, :now) - started_at, 0)"
"""Null for a run that has not begun."""
_NUMBERS = {
    "run": "number",
    "age": "(:now - created_at)",
    "took": _TOOK,
    "size": "log_bytes",
    "exit": "exit_code",
}
_FIRST_TO_LAST = (
    RunState.RUNNING, RunState.STARTING, RunState.STOPPING, RunState.WAITING, RunState.ERROR,
    RunState.LOST, RunState.UNKNOWN, RunState.STOPPED, RunState.SUCCESS,
)  # fmt: skip
_RANKS = " ".join(f"WHEN '{state}' THEN {rank}" for rank, state in enumerate(_FIRST_TO_LAST))
_SORTS = {
    "state": f"CASE WHEN waits AND state = 'running' THEN -1 ELSE CASE state {_RANKS} END END",
    "run": "number",
    "template": "template",
    "project": "project",
    "who": "who",
    "start": "coalesce(started_at, created_at)",
    "took": _TOOK,
    "note": "nullif(note, '')",
}
_STATES = {word: state for state, word in RUN_WORDS.items()}


@dataclass(slots=True)
class SearchSql:
    """A condition, an order, and what must be matched in Python on what they find."""

    parameters: dict[str, object]
    me: Me
    conditions: list[str] = field(default_factory=list)
    order: str = IN_ORDER
    patterns: list[Term] = field(default_factory=list)
    """Terms that SQL cannot decide."""

    @property
    def where(self) -> str:
        """The condition; true without any."""
        return " AND ".join(self.conditions) or "true"

    def bound(self, value: object) -> str:
        """Return the name of a new parameter."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"


def row_part(run: Run) -> tuple[object, ...]:
    """Return what a run's row has in `COLUMNS`."""
    texts = {name: in_one_line(text) for name, text in run_text(run).items()}
    return (
        BREAK.join(texts.values()),
        texts["template"],
        texts["project"],
        texts["who"],
        texts["note"],
        in_one_line(upstream_of(run.id)),
        run.waits_for_input or run.waits_for_confirmation,
        None if run.started_at is None else microseconds(run.started_at),
        None if run.ended_at is None else microseconds(run.ended_at),
        run.log_bytes,
        run.exit_code,
    )


def search_sql(search: RunSearch) -> SearchSql:
    """Return a search as SQL over the table of runs."""
    sql = SearchSql({"now": microseconds(search.now)}, me=search.me)
    for term in search.query.terms:
        condition = _condition(term.test, sql)
        if _needs_python(term.test):
            sql.patterns.append(term)
            if condition and not term.is_inverse:
                sql.conditions.append(condition)
        else:
            sql.conditions.append(f"NOT {condition}" if term.is_inverse else condition)
    if search.sort is not None:
        sql.order = _order(search.sort)
    return sql


def found(term: Term, texts: Sequence[str]) -> bool:
    """Say whether a term that SQL cannot decide holds of `COLUMNS`, from `text` to `note`."""
    by_name = dict(zip(COLUMNS, texts, strict=False))
    match term.test:
        case Like(pattern):
            holds = pattern.is_in(by_name["text"])
        case Has(name, values):
            text = by_name[name]
            holds = any(one in text if isinstance(one, str) else one.is_in(text) for one in values)
        case other:
            raise TypeError(f"SQL decides {other}")
    return holds is not term.is_inverse


def _needs_python(test: Test) -> bool:
    match test:
        case Like():
            return True
        case Has(values=values):
            return any(isinstance(one, Pattern) for one in values)
        case _:
            return False


def _condition(test: Test, sql: SearchSql) -> str:
    """Return a condition that is true or false, never null; for patterns one that must hold."""
    match test:
        case Word(text):
            return _holds("text", text, sql)
        case Like(pattern):
            return _holds("text", pattern.certain, sql) if pattern.certain else ""
        case Has(name, values):
            certain = [one.certain if isinstance(one, Pattern) else one for one in values]
            if not all(certain):
                return ""
            return f"({' OR '.join(_holds(name, one, sql) for one in certain)})"
        case Is(words):
            return f"({' OR '.join(_word(word, sql) for word in words)})"
        case Compares(name, sign, limit):
            return f"coalesce({_NUMBERS[name]} {sign} {sql.bound(limit)}, false)"
        case On(name):
            return f"(substr(instance, 1, {len(name)}) = {sql.bound(name)})"


def _holds(column: str, text: str, sql: SearchSql) -> str:
    return f"(instr({column}, {sql.bound(text)}) > 0)"


def _word(word: str, sql: SearchSql) -> str:
    match word:
        case "asks":
            return "(waits AND state = 'running')"
        case "active":
            return "is_active"
        case "ended":
            ended = ", ".join(f"'{one}'" for one in RunState if one.is_final)
            return f"(state IN ({ended}))"
        case "mine":
            return f"({' OR '.join(_mine(sql.me, sql))})"
        case _:
            return f"(state = {sql.bound(_STATES[word].value)})"


def _mine(me: Me, sql: SearchSql) -> Iterator[str]:
    """Yield conditions, one of which holds of what I started: `Ada Lovelace (ada)` or `ada`."""
    for upstream in (LOCAL, *me.logins):
        name = in_one_line(me.at(upstream))
        if not name:
            continue
        full = f" ({name})"
        who = f"who = {sql.bound(name)} OR substr(who, -{len(full)}) = {sql.bound(full)}"
        yield f"(instance = {sql.bound(in_one_line(upstream))} AND ({who}))"
    yield "false"


def _order(sort: Sort) -> str:
    way = "DESC" if sort.is_descending else "ASC"
    by = _SORTS.get(sort.column)
    return IN_ORDER if by is None else f"{by} {way} NULLS LAST, {IN_ORDER}"
