"""The rows around every place, cell by cell at 80 columns and folded below."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import RunState
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.bars import duration_bar
from skyforge_tui.tui.presenters.cells import Line, Span, plain, text_of, width_of
from skyforge_tui.tui.presenters.frame import (
    Identity,
    Place,
    crumb_line,
    footer_line,
    header_line,
    notice_text,
    second_row,
    title_line,
)
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.lights import Light, light_of, lights_line
from skyforge_tui.tui.widgets.frame import HeaderBar, NoticeStrip, Pressed
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.spinner import spinner_of
from tests.tui.drawing import LIGHTS, Canvas, rows_of, segments_of, until

TITLES = ("Projects", "Labs", "Runs", "Artifacts", "Attention")
PLACES = tuple(Place(str(at), title, title.lower()) for at, title in enumerate(TITLES, 1))
MARA = Identity("emea", "mara", "editor")
HINTS = (
    KeyHint("enter", "output"),
    KeyHint("r", "rerun"),
    KeyHint(".", "same again"),
    KeyHint("x", "stop"),
    KeyHint("/", "filter"),
    KeyHint("L", "launch"),
)


def test_the_header_at_80_columns() -> None:
    """Places, what broke, and who one is fill the row exactly."""
    row = header_line(PLACES, "runs", MARA, 80, broken=3)
    assert text_of(row) == (
        "  1 Projects  2 Labs  3 Runs  4 Artifacts  5 Attention 3  emea · mara · editor"
    )
    assert [span.text.strip() for span in row if span.tone == "accent"] == ["3 Runs"]


def test_an_empty_attention_has_no_figure() -> None:
    """Zero is not said; what only waits is amber, what broke is red."""
    assert text_of(header_line(PLACES, "runs", Identity(), 80)).endswith("5 Attention")
    waiting = header_line(PLACES, "runs", MARA, 100, waiting=2)
    assert [span.tone for span in waiting if span.text == " 2"] == ["warn"]


def test_a_narrow_header_keeps_the_active_place() -> None:
    """The identity shrinks first, then the titles of the places one is not in."""
    assert text_of(header_line(PLACES, "runs", MARA, 74)).endswith("5 Attention     mara · editor")
    assert text_of(header_line(PLACES, "runs", MARA, 40, broken=3)) == (
        "  1  2  3 Runs  4  5 3   mara · editor"
    )
    assert width_of(header_line(PLACES, "runs", MARA, 20)) <= 20


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (
            90,
            "● gitea semaphore nl-1 s3 10s  ● eve-lab1! clab-1 20s  × eve-lab2 unreachable 3m",
        ),
        (60, "●●●●●!● 20s × eve-lab2 unreachable 3m"),
        (34, "●●●●●!● × eve-lab2 unreachable 3m"),
        (21, "●●●●●!● × eve-lab2 3m"),
        (12, "●●●●●●×"),
        (5, ""),
    ],
)
def test_lights_fold_words_first_dots_never(width: int, shown: str) -> None:
    """Lights lose words, then names; every upstream keeps its dot."""
    assert plain(lights_line(LIGHTS, width)) == shown


def test_this_machine_makes_no_server_old() -> None:
    """Where one age stands for all dots it is that of servers; alone, that of this machine."""
    here = Light("local", UpstreamState.LIVE, "9m")
    servers = [Light(name, UpstreamState.LIVE, old) for name, old in (("a", "10s"), ("b", "20s"))]
    assert plain(lights_line([here, *servers], 10)) == "●●● 20s"
    assert plain(lights_line([here], 6)) == "● 9m"


def test_two_ill_upstreams_are_both_named() -> None:
    """The second ill upstream loses its words before the first does."""
    lights = (
        Light("gitea", UpstreamState.LIVE, "10s"),
        Light("semaphore", UpstreamState.ERROR, "40s", "lost"),
        Light("eve-lab2", UpstreamState.ERROR, "3m", "unreachable"),
    )
    assert plain(lights_line(lights, 46)) == "● 10s  × semaphore lost 40s  × eve-lab2 3m"


def test_the_second_row_at_80_columns() -> None:
    """Title and count on the left, lights on the right."""
    row = second_row(title_line("Runs", "27 of 813"), LIGHTS, 80)
    assert text_of(row) == (
        "  Runs 27 of 813                         ●●●●●!● 20s × eve-lab2 unreachable 3m"
    )


def test_a_long_crumb_loses_its_head() -> None:
    """The thing itself stays; the way to it goes first, and the dots are never cut."""
    crumb = crumb_line("edge-fabric", "runs", "812 deploy-bgp")
    row = text_of(second_row(crumb, LIGHTS, 40))
    assert row.startswith("  › runs › 812 deploy-bgp")
    assert row.endswith("●●●●●●×")


@pytest.mark.parametrize("busy", [(), ((Span("x" * 12),),)])
def test_a_long_title_loses_its_name(busy: tuple[Line, ...]) -> None:
    """What a place counts stays whole as long as there is room; its name is lit in the tabs."""
    title = title_line("Attention", "5 things, 1 broke")
    row = text_of(second_row(title, LIGHTS, 36, busy))
    assert row.startswith("  5 things, 1 broke  ")
    assert text_of(second_row(title, LIGHTS, 27, busy)).startswith("  …")


def test_a_light_says_how_old_it_is() -> None:
    """A light takes name, state, age and error from what was last heard."""
    now = datetime(2026, 11, 23, 14, 31, tzinfo=UTC)
    heard = UpstreamHealth(
        "eve", "eve", UpstreamState.ERROR, now - timedelta(minutes=3), "timed\nout"
    )
    light = light_of(heard, now)
    assert (light.age, light.word, light.is_well) == ("3m", "timed out", False)


def test_the_footer_drops_keys_from_the_right() -> None:
    """Keys leave from the right end, the help key never; a refused one is muted and not bold."""
    assert text_of(footer_line(HINTS, 80)) == (
        "  enter output  r rerun  . same again  x stop  / filter  L launch       ? keys"
    )
    assert text_of(footer_line(HINTS, 40)) == "  enter output  r rerun         ? keys"
    refused = footer_line([KeyHint("x", "stop", allowed=False, reason="it ended")], 80)
    assert [(span.tone, span.bold) for span in refused if "stop" in span.text] == [("muted", False)]


REFUSED = Notice(Severity.REFUSED, "Refused  stop run 812", "only owners may", advice="Ask jonas")


def test_a_refusal_is_amber_and_a_failure_red() -> None:
    """The edge says how bad it is; what, why and what next stand below each other."""
    refused = notice_text(REFUSED)
    assert refused.tone == "warn"
    assert [plain(row) for row in (refused.head, refused.why, refused.advice)] == [
        "¬ Refused  stop run 812",
        "only owners may",
        "Ask jonas",
    ]
    assert [span.tone for span in refused.head] == ["warn", "text"]
    assert notice_text(Notice(Severity.ERROR, "eve timed out")).tone == "bad"


def test_a_notice_names_its_place() -> None:
    """A notice says where before why, and nothing foreign in it acts."""
    text = notice_text(
        Notice(Severity.WARNING, "bad \x1bfile", "line is odd", "/x/skyforge.toml:12", "fix it")
    )
    assert plain(text.head) == "▲ bad ␛file"
    assert plain(text.why) == "/x/skyforge.toml:12  line is odd"


@pytest.mark.parametrize(
    ("seconds", "age", "took"),
    [
        (0, "10s", "0s"),
        (11, "20s", "11s"),
        (59, "50s", "59s"),
        (252, "4m", "4m12s"),
        (7200, "2h", "2h"),
        (5220, "1h", "1h27m"),
        (6 * 86400, "6d", "6d"),
    ],
)
def test_times_are_short(seconds: int, age: str, took: str) -> None:
    """Ages take one unit and steps of ten seconds, durations two units."""
    assert tones.age(timedelta(seconds=seconds)) == age
    assert tones.duration(timedelta(seconds=seconds)) == took


def test_clock_times_fade_with_distance() -> None:
    """Today has a time, this week a day, this year a date, before that a year."""
    now = datetime(2026, 11, 23, 14, 31, tzinfo=UTC)
    then = [timedelta(hours=1), timedelta(days=1), timedelta(days=11), timedelta(days=800)]
    assert [tones.clock(now - one, now) for one in then] == ["13:31", "Sun", "12 Nov", "2024"]


def test_sizes_have_three_figures() -> None:
    """Sizes are decimal, with one digit behind the point below a hundred."""
    sizes = [612, 3300, 12_400, 118_000_000, 999_960]
    assert [tones.size(one) for one in sizes] == ["612 B", "3.3 kB", "12.4 kB", "118 MB", "1.0 MB"]


def test_every_state_has_sign_and_word() -> None:
    """State is sign, word and tone; one that waits for a person asks."""
    looks = {state: plain(tones.run_state(state).line) for state in RunState}
    assert looks == {
        RunState.WAITING: "… queued",
        RunState.STARTING: "⠹ starting",
        RunState.RUNNING: "◐ running",
        RunState.STOPPING: "⠹ stopping",
        RunState.STOPPED: "■ stopped",
        RunState.SUCCESS: "✓ passed",
        RunState.ERROR: "× failed",
        RunState.LOST: "× lost",
        RunState.UNKNOWN: "? unknown",
    }
    asks = tones.run_state(RunState.RUNNING, waits_for_input=True)
    assert (plain(asks.line), asks.tone) == ("? asks you", "warn")


@pytest.mark.parametrize(
    ("took", "state", "shown"),
    [
        (4, RunState.RUNNING, "━━━━──"),
        (9, RunState.RUNNING, "━━━━━━━━"),
        (6, RunState.SUCCESS, "──────"),
        (7, RunState.SUCCESS, "──────━"),
        (2, RunState.ERROR, "━━────"),
    ],
)
def test_the_bar_measures_against_the_usual(took: int, state: RunState, shown: str) -> None:
    """The track is the usual time; at most two cells go past its end."""
    bar = duration_bar(timedelta(seconds=took), timedelta(seconds=6), state, 6)
    assert plain(bar) == shown
    assert plain(duration_bar(timedelta(seconds=took), None, state)) == "–"


async def test_the_notice_strip_takes_no_room_while_silent() -> None:
    """The strip is three rows when it says something, and none when not."""
    strip = NoticeStrip()
    below = LinesView([()])
    app = Canvas(strip, below)
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        assert strip.size.height == 0
        strip.show(notice_text(REFUSED))
        await until(pilot, lambda: strip.size.height == 3)
        rows = rows_of(app)
        assert rows[0] == f"{'▌ ¬ Refused  stop run 812':<49}esc close"
        assert rows[1:3] == ["▌ only owners may", "▌ Ask jonas"]
        strip.show(None)
        await until(pilot, lambda: strip.size.height == 0)


async def test_a_long_notice_is_read_whole() -> None:
    """What does not fit into three rows takes more where there is room, and is cut where not."""
    words = " ".join(f"word{number}" for number in range(24))
    notice = Notice(
        Severity.WARNING, "state.db cannot be used", words, "/srv/x", f"do {words[:90]}"
    )
    for height, rows_used in ((24, 6), (12, 3)):
        strip = NoticeStrip()
        app = Canvas(strip, LinesView([()]))
        async with app.run_test(size=(80, height)) as pilot:
            strip.show(notice_text(notice))
            await until(pilot, lambda: strip.size.height == rows_used)  # noqa: B023
            text = " ".join(row.strip("▌ ") for row in rows_of(app)[1:rows_used])
            is_whole = text == f"/srv/x  {words} do {words[:90]}"
            assert is_whole == (height == 24)
            assert ("…" in text) == (height == 12)


async def test_a_click_on_a_place_is_reported() -> None:
    """The header reports the id of the place that was clicked, and nothing for empty cells."""
    heard: list[str] = []

    class Listening(Canvas):
        def on_pressed(self, message: Pressed) -> None:
            heard.append(message.ref)

    header = HeaderBar(PLACES, "runs")
    app = Listening(header)
    async with app.run_test(size=(80, 4)) as pilot:
        await pilot.pause()
        await pilot.click(header, offset=(70, 0))
        await pilot.click(header, offset=(15, 0))
        await until(pilot, lambda: heard == ["labs"])


async def test_the_spinner_turns_only_while_something_turns() -> None:
    """One clock turns all signs until the last is gone; without motion it never starts."""
    view = LinesView([(Span("⠹", "spin"), Span(" starting"))])
    app = Canvas(view, motion=True)
    async with app.run_test(size=(40, 4)) as pilot:
        seen: set[str] = set()

        def has_turned() -> bool:
            seen.add(segments_of(app)[0][1].text)
            return len(seen) >= 3

        await until(pilot, has_turned)
        assert spinner_of(app).is_turning
        view.show([(Span("✓", "ok"), Span(" passed"))])
        await until(pilot, lambda: not spinner_of(app).is_turning)
    still = Canvas(LinesView([(Span("⠹", "spin"),)]), motion=False)
    async with still.run_test(size=(40, 4)) as pilot:
        await pilot.pause()
        assert rows_of(still)[0] == "  *"
        assert not spinner_of(still).is_turning


async def test_a_cut_pane_says_how_much_is_below() -> None:
    """Lines that do not fit are counted in the last row and reached by scrolling."""
    view = LinesView([(Span(f"line {at}"),) for at in range(20)])
    app = Canvas(view)
    async with app.run_test(size=(40, 6)) as pilot:
        await until(pilot, lambda: rows_of(app)[5].endswith("15 more lines ↓"))
        view.scroll_lines(100)
        await until(pilot, lambda: rows_of(app)[5] == "  line 19")
        assert rows_of(app)[0] == "  line 14"


@pytest.mark.parametrize("width", [60, 30, 24])
def test_an_unchecked_server_is_never_only_a_dot(width: int) -> None:
    """Where nobody checks who answers, the light says so as long as there is room for a name."""
    now = datetime(2026, 11, 23, 14, 31, tzinfo=UTC)
    heard = now - timedelta(seconds=10)
    health = UpstreamHealth("prod", "semaphore", UpstreamState.LIVE, heard, is_unchecked=True)
    lights = [Light("gitea", UpstreamState.LIVE, "10s"), light_of(health, now)]
    assert "prod·unchecked" in plain(lights_line(lights, width))
