"""What is told live and what is on record become one output: nothing lost, nothing doubled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.providers.runs.semaphore.joining import Change, Joining, Row

HOUR_US = 3_600_000_000


def rows(*texts: str, start: int = 0) -> list[Row]:
    """Return rows with these texts, a second and a bit apart."""
    return [Row((start + at) * 1_000_001 + 1, text) for at, text in enumerate(texts)]


def texts(change: Change) -> list[str]:
    """Return what is to be written."""
    return [row.text for row in change.rows]


def test_live_rows_wait_for_proof() -> None:
    """Live rows are held back until the record holds the first of them."""
    a, b, c = rows("a", "b", "c")
    joining = Joining()
    assert not joining.live(c)
    assert texts(joining.record([a])) == ["a"]
    assert not joining.is_joined
    change = joining.record([a, b, c])
    assert (texts(change), change.is_anew) == (["b", "c"], False)
    assert joining.is_joined


def test_equal_texts_are_told_apart_by_time() -> None:
    """An empty line in the record is not taken for a later one that was told live."""
    old, other, new = rows("", "x", "")
    joining = Joining()
    joining.live(new)
    assert texts(joining.record([old, other])) == ["", "x"]
    assert not joining.is_joined
    assert texts(joining.record([old, other, new])) == [""]


def test_a_settled_record_lets_live_rows_through() -> None:
    """What was asked for long enough after the beginning proves that nothing is missing."""
    a, b, c = rows("a", "b", "c")
    joining = Joining()
    assert texts(joining.record([a])) == ["a"]
    joining.live(c)
    assert texts(joining.record([a, b], is_settled=True)) == ["b", "c"]
    assert joining.live(rows("d", start=3)[0])


def test_what_came_during_a_cut_is_fetched() -> None:
    """After a cut the lines nobody told are fetched and counted, and what was told is not again."""
    a, b, c, d, e = rows("a", "b", "c", "d", "e")
    joining = Joining()
    joining.record([a], is_settled=True)
    assert joining.live(b)
    joining.cut()
    assert not joining.live(e)
    change = joining.record([a, b, c, d, e])
    assert (texts(change), change.fetched, change.is_anew) == (["c", "d", "e"], 2, False)


def test_a_gap_is_drawn_and_filled() -> None:
    """What is shown without proof has a gap before it, and is written anew once that is filled."""
    a, b, c, d = rows("a", "b", "c", "d")
    joining = Joining()
    joining.record([a], is_settled=True)
    joining.cut()
    joining.live(c)
    change = joining.release()
    assert (texts(change), change.gaps) == (["c"], (0,))
    assert joining.live(d)
    change = joining.record([a, b, c, d])
    assert (texts(change), change.is_anew, change.fetched) == (["a", "b", "c", "d"], True, 1)


def test_a_gap_that_is_half_filled_stays() -> None:
    """A record that does not come up to what was shown yet moves the gap, and keeps it."""
    a, b, c, d = rows("a", "b", "c", "d")
    joining = Joining()
    joining.record([a], is_settled=True)
    joining.cut()
    joining.live(d)
    joining.release()
    change = joining.record([a, b])
    assert (texts(change), change.is_anew, change.gaps) == (["a", "b", "d"], True, (2,))
    change = joining.record([a, b, c, d])
    assert (texts(change), change.gaps) == (["a", "b", "c", "d"], ())


def test_a_gap_that_was_none_disappears() -> None:
    """When nothing was missing after all, the output is written anew without the gap."""
    a, b = rows("a", "b")
    joining = Joining()
    joining.record([a], is_settled=True)
    joining.cut()
    joining.live(b)
    joining.release()
    change = joining.record([a, b])
    assert (texts(change), change.is_anew) == (["a", "b"], True)


def test_another_order_waits_for_the_end() -> None:
    """Rows that the record swaps stay put while one reads, and are put in its order at the end."""
    a, b, c = Row(1, "a"), Row(1, "b"), Row(3, "c")
    joining = Joining()
    joining.record([], is_settled=True)
    joining.live(a)
    joining.live(b)
    change = joining.record([b, a, c])
    assert (texts(change), change.is_anew) == (["c"], False)
    change = joining.last([b, a, c])
    assert (texts(change), change.is_anew) == (["b", "a", "c"], True)


def test_rounding_and_time_zones_do_not_double() -> None:
    """A record whose times are whole seconds of another time zone is still recognised."""
    a, b = Row(1_400_000, "a"), Row(2_600_000, "b")
    joining = Joining()
    joining.live(a)
    joining.live(b)
    change = joining.record([Row(1_000_000 + HOUR_US, "a"), Row(3_000_000 + HOUR_US, "b")])
    assert texts(change) == ["a", "b"]
    assert (joining.loose, joining.is_joined) == (0, True)


def test_what_the_server_lost_is_counted() -> None:
    """Lines that were told live and never recorded are counted at the end, not hidden."""
    a, b = rows("a", "b")
    joining = Joining()
    joining.record([a], is_settled=True)
    joining.live(b)
    change = joining.last([a])
    assert (texts(change), change.is_anew, change.unrecorded) == (["a"], True, 1)


def test_an_equal_line_of_the_same_second_is_another_one() -> None:
    """Where the record knows only seconds, one that is known does not stand for one that is new."""
    first, second = Row(1_000_000, "ok"), Row(1_900_000, "ok")
    joining = Joining()
    joining.record([first], is_settled=True)
    assert joining.live(second)
    assert not joining.record([first])
    assert joining.loose == 1


def test_a_line_told_after_it_was_asked_for_is_not_doubled() -> None:
    """What the record held before it was told is written once, and proves what comes after it."""
    a, b, c = rows("a", "b", "c")
    joining = Joining()
    assert texts(joining.record([a, b])) == ["a", "b"]
    assert not joining.live(b)
    assert joining.is_joined
    assert joining.live(c)
    change = joining.record([a, b, c])
    assert (texts(change), change.is_anew, joining.loose) == ([], False, 0)
    assert not joining.last([a, b, c])


def test_a_late_line_of_a_known_time_is_not_doubled() -> None:
    """A line that was recorded after another of the same time, and is told later, is there once."""
    at_us = 1_000_001
    first, second = Row(at_us, "a"), Row(at_us, "b")
    joining = Joining()
    assert texts(joining.record([first], is_settled=True)) == ["a"]
    assert texts(joining.record([first, second])) == ["b"]
    assert not joining.live(second)
    assert joining.live(Row(at_us, "c"))
    assert not joining.last([first, second, Row(at_us, "c")])


@dataclass
class Server:
    """Emits lines, records them later, tells them at once to whoever listens."""

    step_us: int
    swaps: bool
    is_late: bool = False
    """Whether lines are told only some time after they were emitted."""
    emitted: list[Row] = field(default_factory=list)
    recorded: int = 0
    heard: list[str] = field(default_factory=list)
    is_heard: bool = False
    untold: list[Row] = field(default_factory=list)
    heard_from: int = 0
    now_us: int = 1_000_001
    joining: Joining = field(default_factory=Joining)
    file: list[str] = field(default_factory=list)
    has_gap: bool = False

    def do(self, act: str) -> None:
        """Let one thing happen, to the server or to who listens."""
        match act:
            case "cut" if self.is_heard:
                self.joining.cut()
                self.is_heard, self.untold = False, []
            case "listen" if not self.is_heard:
                self.is_heard, self.heard_from = True, len(self.emitted)
            case "record":
                is_settled = self.is_heard and self.recorded >= self.heard_from
                self.take(self.joining.record(self.record(), is_settled=is_settled))
            case "release" if self.is_heard and self.joining.held:
                self.take(self.joining.release())
            case "commit 1" | "commit 3" | "commit 9":
                self.recorded = min(self.recorded + int(act[-1]), len(self.emitted))
            case "tell":
                self.tell()
            case "lose":
                del self.emitted[self.recorded :]
                self.do("cut")
            case _ if act.startswith("emit "):
                _, later_us, text = act.split(" ")
                self.emit(text, int(later_us))

    def emit(self, text: str, later_us: int) -> None:
        """Emit a line; another one may have the same time, but not the same text as well."""
        self.now_us += later_us
        if Row(self.now_us, text) in self.emitted:
            self.now_us += 3
        row = Row(self.now_us, text)
        self.emitted.append(row)
        if self.is_heard:
            self.untold.append(row)
            if not self.is_late:
                self.tell()

    def tell(self) -> None:
        """Tell whoever listens all that was not told yet."""
        for row in self.untold:
            self.heard.append(row.text)
            if self.joining.live(row):
                self.file.append(row.text)
        self.untold = []

    def record(self) -> list[Row]:
        """Return the record: rounded, and rows of equal time in an order of its own."""
        held = self.emitted[: self.recorded]
        rounded = [Row(row.at_us // self.step_us * self.step_us, row.text) for row in held]
        return sorted(rounded) if self.swaps else rounded

    def take(self, change: Change) -> None:
        """Write what the client would write."""
        if change.is_anew:
            self.file, self.has_gap = [], False
        self.has_gap |= bool(change.gaps)
        self.file += texts(change)

    def end(self) -> Change:
        """Record everything, and let the client see that as the last."""
        self.recorded = len(self.emitted)
        change = self.joining.last(self.record())
        self.take(change)
        assert self.file == [row.text for row in self.record()]
        assert not self.has_gap
        return change


WRITES = ["emit 0 ", "emit 0 ok", "emit 3 ok", "emit 5 ", "emit 40 x", "emit 9 y"]
LOOKS = [
    "tell",
    "tell",
    "commit 1",
    "commit 3",
    "commit 9",
    "record",
    "record",
    "cut",
    "listen",
    "listen",
]
STEPS = st.lists(st.sampled_from([*WRITES, *LOOKS, "release"]), min_size=8, max_size=50)


@settings(max_examples=200, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_whatever_happens_nothing_is_lost_or_doubled(
    steps: list[str], swaps: bool, is_late: bool
) -> None:
    """Through cuts, lag and swapped rows the output stays true, and ends as the record does."""
    server = Server(step_us=1, swaps=swaps, is_late=is_late)
    for step in steps:
        server.do(step)
        written = Counter(server.file)
        assert written <= Counter(row.text for row in server.emitted)
        if not server.has_gap:
            first = server.emitted[: len(server.file)]
            assert written == Counter(row.text for row in first)
    assert server.end().unrecorded == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*WRITES, *LOOKS, "lose"]), min_size=8, max_size=50))
def test_what_a_crash_loses_is_counted(steps: list[str]) -> None:
    """Lines that were heard and that a crash took from the record are counted at the end."""
    server = Server(step_us=1, swaps=False)
    for step in steps:
        server.do(step)
    change = server.end()
    lost = Counter(server.heard) - Counter(row.text for row in server.emitted)
    assert change.unrecorded == lost.total()


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from([10, 1_000, 1_000_000]))
def test_coarse_clocks_are_put_right_at_the_end(steps: list[str], step_us: int) -> None:
    """Where the record's times are coarse, the end is still exactly what the server keeps."""
    server = Server(step_us=step_us, swaps=True)
    for step in steps:
        server.do(step)
    server.end()
