"""Runs as rows, and one run as a status row and a pane of facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from skyforge_tui.domain.identity import LOCAL, Me, upstream_of
from skyforge_tui.domain.run import Run, RunDetail, RunState
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.bars import duration_bar, sparkline
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, line, literal
from skyforge_tui.tui.presenters.columns import Column

_WHO = 8
"""The most cells for who started a run."""
COLUMNS: tuple[Column, ...] = (
    Column("state", "State", 10, priority=100),
    Column("run", "Run", 4, most=5, align="right", priority=95),
    Column("template", "Template", 17, most=22, priority=99, cut="middle", is_name=True),
    Column("project", "Project", 12, most=14, priority=30, cut="middle"),
    Column("who", "Who", 6, most=_WHO, priority=40),
    Column("start", "Start", 6, align="right", priority=80),
    Column("took", "Took", 6, align="right", priority=85),
    Column("usual", "Vs usual", 10, priority=60, can_sort=False),
    Column("note", "Note", 14, most=None, priority=20),
)

_NARROW = 15
"""Cells for a template beside such a number, so that who started it is seen at 80 columns, too."""
_DIGITS = 4
"""A number of so many figures has room; servers on BoltDB count down from 2147483647."""


def columns_for(runs: Iterable[Run], columns: tuple[Column, ...] = COLUMNS) -> tuple[Column, ...]:
    """Return the columns, with room for the numbers of these runs: a cut one names no run."""
    digits = max((len(str(run.number)) for run in runs), default=_DIGITS)
    if digits <= _DIGITS:
        return columns
    fits = {"run": (digits, digits), "template": (_NARROW, None)}
    return tuple(
        replace(one, width=fits[one.key][0], most=fits[one.key][1] or one.most)
        if one.key in fits
        else one
        for one in columns
    )


_BROKEN = frozenset({RunState.ERROR, RunState.LOST})


def none_line(silent: Collection[str]) -> Line:
    """Return what stands there when there is no run; of `silent` servers none is known."""
    if silent:
        names, verb = ", ".join(sorted(silent)), "do" if len(silent) > 1 else "does"
        told = f"No run is known: {literal(names)} {verb} not answer.  "
        return (Span(told, "muted"), Span("R", "strong", bold=True), Span(" asks again", "muted"))
    return (
        Span("No run yet.  ", "muted"), Span("L", "strong", bold=True), Span(" launch", "muted"),
    )  # fmt: skip


def run_cells(
    run: Run, usual: timedelta | None, now: datetime, me: Me, *, is_stale: bool = False
) -> dict[str, Line]:
    """Return a run's cells, by column; muted where its server does not answer."""
    took = run.duration(now)
    if is_stale:
        return _stale_cells(run, now)
    return {
        "state": tones.run_look(run).line,
        "run": (Span(str(run.number), "muted"),),
        "template": (Span(literal(run.title)),),
        "project": (Span(literal(run.project), "muted"),),
        "who": (Span(starter(run), "text" if run.is_by(me) else "muted"),),
        "start": (Span(tones.clock(run.started_at or run.created_at, now), "muted"),),
        "took": (Span(tones.duration(took), "text" if took is not None else "faint"),),
        "usual": duration_bar(took, usual, run.state),
        "note": _note(run, took, usual),
    }


def starter(run: Run) -> str:
    """Return who started a run as a column has room for it: by full name, else by login."""
    name = literal(run.started_by)
    return literal(run.login) if run.login and len(name) > _WHO else name or literal(run.login)


def _stale_cells(run: Run, now: datetime) -> dict[str, Line]:
    """Return the cells of a run as last known: what goes on has no length any more."""
    took = run.duration(now) if run.state.is_final else None
    texts = {
        "state": f"{glyphs.STALE} {tones.run_look(run).word}",
        "run": str(run.number),
        "template": literal(run.title),
        "project": literal(run.project),
        "who": starter(run),
        "start": tones.clock(run.started_at or run.created_at, now),
        "took": tones.duration(took),
        "note": literal(run.note),
    }
    return {name: (Span(text, "muted"),) for name, text in texts.items()}


def _note(run: Run, took: timedelta | None, usual: timedelta | None) -> Line:
    if run.note:
        tone: Tone = "warn" if run.asks else "muted"
        return (Span(literal(run.note), "bad" if run.state in _BROKEN else tone),)
    if run.state is RunState.RUNNING and took is not None and usual:
        if took > usual:
            return (Span(f"{tones.duration(took - usual)} over", "warn"),)
        return (Span(f"~{tones.duration(usual - took)} left", "muted"),)
    return ()


def tally_line(by_state: Mapping[RunState, int], asks: int = 0) -> Line:
    """Return the counts of what is under way and how the rest ended.

    `asks` is how many of those that run wait for a person.
    """
    active = (RunState.RUNNING, RunState.STARTING, RunState.STOPPING, RunState.WAITING)
    ended = (RunState.SUCCESS, RunState.ERROR, RunState.LOST, RunState.STOPPED)
    words = {RunState.RUNNING: "run", RunState.WAITING: "queued", RunState.LOST: "lost"}

    def part(state: RunState) -> Line:
        count = by_state.get(state, 0) - (asks if state is RunState.RUNNING else 0)
        look = tones.run_state(state)
        return _counted(look, count, words.get(state, look.word if state in active else ""))

    asking = _counted(tones.ASKS, asks, "asks you" if asks == 1 else "ask you")
    left = joined((part(active[0]), asking, *(part(state) for state in active[1:])))
    right = joined(part(state) for state in ended)
    if left and right:
        return line(left, "   ", Span("ended ", "muted"), right)
    return left or (line(Span("ended ", "muted"), right) if right else ())


def _counted(look: tones.StateLook, count: int, word: str) -> Line:
    """Return a sign with how many there are, and a word where the sign does not tell."""
    if count <= 0:
        return ()
    words = (Span(f" {word}", "muted"),) if word else ()
    return (Span(look.glyph, look.tone, bold=look.bold), Span(f" {tones.count(count)}"), *words)


def status_line(run: Run, usual: timedelta | None, now: datetime, *, wide: bool) -> Line:
    """Return the first row of a run's page: how it is, and how long it usually takes."""
    look = tones.run_look(run)
    took = run.duration(now)
    state = (
        Span(look.glyph, look.tone, bold=look.bold),
        Span(f" {look.word}", "strong", bold=True),
    )
    parts: list[Line] = [line(state, " ", Span(tones.duration(took), "text"))] if took else [state]
    if run.state.is_active and took is not None and usual and not run.asks:
        bar = duration_bar(took, usual, run.state, 14 if wide else 10)
        left = usual - took
        told = (
            (Span(f"{tones.duration(took - usual)} over usual", "warn"),)
            if left < timedelta()
            else (Span("~", "muted"), Span(tones.duration(left), "text"), Span(" left", "muted"))
        )
        usually = (Span("usual ", "muted"), Span(tones.duration(usual), "text")) if wide else ()
        parts += [bar, joined((usually, told))]
    ended = _ended(run)
    if ended:
        parts.append(ended)
    return joined(parts, "   ")


def _ended(run: Run) -> Line:
    match run.state:
        case RunState.SUCCESS:
            return ()
        case RunState.LOST:
            return (Span(literal(run.note) or "no exit record; it may go on", "bad"),)
        case RunState.ERROR | RunState.STOPPED | RunState.WAITING | RunState.STARTING:
            return (Span(literal(run.note), "bad" if run.state is RunState.ERROR else "muted"),)
        case _ if run.waits_for_confirmation:
            return (Span("waits for you: ", "warn"), Span("A", "strong", bold=True),
                    Span(" lets it go on, ", "muted"), Span("X", "strong", bold=True),
                    Span(" rejects it", "muted"))  # fmt: skip
        case _ if run.waits_for_input:
            return (Span("waits for input: ", "warn"), Span("a", "strong", bold=True),
                    Span(" answers it", "muted"))  # fmt: skip
        case _:
            return (Span(literal(run.note), "muted"),) if run.note else ()


def fact_lines(
    detail: RunDetail, before: Sequence[Run], now: datetime, made: Sequence[Line] = ()
) -> list[Line]:
    """Return the side pane of a run: parameters, answers, what it made, earlier runs."""
    run, spec = detail.run, detail.spec
    lines = [_heading("Parameters")]
    lines += [
        _fact("template", literal(spec.template)),
        _fact("engine", run.id.partition(":")[0]),
        _fact("project", literal(spec.project)),
    ]
    if spec.command:
        lines.append(_fact("command", literal(" ".join(spec.command))))
    if spec.directory:
        lines.append(_fact("directory", literal(spec.directory)))
    lines.append(
        _fact("by", f"{literal(run.who or spec.started_by)} {tones.clock(spec.created_at, now)}")
    )
    lines += [_fact(literal(label), literal(words)) for label, words in spec.facts.items()]
    if spec.commit:
        lines.append(_fact("commit", spec.commit[:10]))
    if run.exit_code is not None or run.signal:
        lines.append(_fact("exit", run.signal or str(run.exit_code)))
    if run.log_bytes or upstream_of(run.id) == LOCAL:
        lines.append(_fact("output", tones.size(run.log_bytes)))
    if detail.use is not None:
        cpu = detail.use.user_s + detail.use.system_s
        lines.append(_fact("used", f"{cpu:.1f}s cpu, {tones.size(detail.use.max_rss_bytes)}"))
    if spec.answers or spec.secret_names:
        lines += [(), _heading("Answers")]
        lines += [_fact(literal(name), literal(value)) for name, value in spec.answers.items()]
        lines += [_fact(literal(name), "•••••• secret, not kept") for name in spec.secret_names]
    if made:
        lines += [(), *made]
    others = [one for one in before if one.id != run.id]
    if others:
        lines += [(), line(_heading("Before"), "  ", _trend(others))]
        shown = others[:5]
        wide = max(len(str(one.number)) for one in shown)
        lines += [_earlier(one, now, wide) for one in shown]
    return lines


def _trend(newest_first: Sequence[Run]) -> Line:
    """Return how long earlier runs took, oldest first."""
    took = [
        (run.ended_at - run.started_at).total_seconds()
        for run in reversed(newest_first)
        if run.started_at and run.ended_at
    ]
    return sparkline(took, 12) if len(took) > 1 else ()


def _heading(text: str) -> Line:
    return (Span(text, "strong", bold=True),)


def _fact(label: str, value: str) -> Line:
    return (Span(f"{label:<10} ", "muted"), Span(value))


def _earlier(run: Run, now: datetime, wide: int) -> Line:
    """Return a run from before, its number as wide as the widest beside it."""
    look = tones.run_look(run)
    return (
        Span(look.glyph, look.tone, bold=look.bold),
        Span(f" {run.number:>{wide}} "),
        Span(f"{look.word:<9}", look.word_tone),
        Span(f"{tones.duration(run.duration(now)):>8}"),
        Span(f"  {tones.age(now - run.created_at)}", "muted"),
    )
