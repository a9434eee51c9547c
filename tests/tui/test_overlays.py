"""Overlays by keystroke: what they show, what they return, and the way out of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from skyforge_tui.domain.history import SentCommand
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.look import NAMES
from skyforge_tui.tui.presenters.cells import Line, Span, line
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.offers import Fact, LaunchOffer, Question, Untrusted
from skyforge_tui.tui.widgets.command_log import CommandLog
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.help import HelpOverlay
from skyforge_tui.tui.widgets.launch_card import LaunchCard
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.overlay import Overlay
from skyforge_tui.tui.widgets.picker import Choice, Picker
from skyforge_tui.tui.widgets.text_entry import TextEntry
from tests.builders import NOON
from tests.tui.drawing import Canvas, rows_of, segments_of, until

GUARD: Line = (Span("!", "warn", bold=True), Span(" confirm", "warn"))


class Stage(Canvas):
    """Remember what an overlay returned, and that no key reached what is behind it."""

    BINDINGS = [("q", "leak", ""), ("x", "leak", ""), ("enter", "leak", ""), ("1", "leak", "")]  # noqa: RUF012

    def __init__(self, *, theme: str = "dark", motion: bool = False) -> None:
        behind = LinesView([(Span(f"behind {at} " * 12, "ok"),) for at in range(40)])
        super().__init__(behind, theme=theme, motion=motion)
        self.results: list[Any] = []
        self.leaks = 0

    def action_leak(self) -> None:
        """Count a key that came through."""
        self.leaks += 1


async def show(pilot: Pilot[None], overlay: Overlay[Any]) -> list[str]:
    """Push an overlay and return the rows once it is drawn."""
    app = pilot.app
    assert isinstance(app, Stage)
    await app.push_screen(overlay, app.results.append)
    await until(pilot, lambda: any("╭" in row for row in rows_of(app)))
    await pilot.pause()
    return rows_of(app)


def inside(rows: list[str]) -> list[str]:
    """Return what stands between the sides of the frame."""
    return [row.split("│")[1].rstrip() for row in rows if row.count("│") >= 2]


def destroy(words: str = "destroy 3") -> Confirm:
    """Return the question before three labs are destroyed."""
    return Confirm(
        Question(
            "Destroy 3 labs",
            "destroy",
            "keep all",
            things=[line(Span("◐", "accent"), " bgp-fabric    eve-lab1  mara  8 nodes")],
            costs=[
                ("Lost for good", line("4 unsaved configs, 25 nodes with their disks")),
                ("Kept", line("topologies in the repo, run logs, artifacts")),
            ],
            words=words,
            asker="eve-lab1",
            same_as="skyforge labs destroy bgp-fabric",
            guard=GUARD,
            is_destructive=True,
        )
    )


async def test_a_confirmation_is_drawn_as_the_look_book_has_it() -> None:
    """What, what is lost, what is kept, the words, and both ways on stand in the frame."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = await show(pilot, destroy())
        top = next(row for row in rows if "╭" in row)
        assert top == (
            "    ╭─ Destroy 3 labs ───────────────────────────────────────── ! confirm ─╮"
        )
        assert inside(rows) == [
            "",
            "  ◐ bgp-fabric    eve-lab1  mara  8 nodes",
            "",
            "  Lost for good   4 unsaved configs, 25 nodes with their disks",
            "  Kept            topologies in the repo, run logs, artifacts",
            "",
            "  eve-lab1 asks for the words. Type  destroy 3",
            "   ▏",
            "",
            "  enter destroy   esc keep all",
            "",
            "  same as skyforge labs destroy bgp-fabric",
        ]


async def test_the_words_must_be_typed_before_it_goes() -> None:
    """Enter does nothing until the words are there; pasting them does not count."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, destroy("x 3"))
        await pilot.press("enter")
        app.screen.post_message(events.Paste("x 3"))
        await pilot.press("x", "space", "enter")
        assert app.results == []
        await pilot.press("3", "enter")
        await until(pilot, lambda: app.results == [True])
        assert app.leaks == 0


async def test_leaving_a_confirmation_means_no() -> None:
    """Escape keeps everything; other keys neither answer nor act behind the overlay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, Confirm(Question("Stop run 812", "stop", "keep it running")))
        await pilot.press("y", "escape")
        await until(pilot, lambda: app.results == [False])


async def test_a_second_enter_is_not_a_second_answer() -> None:
    """Keys pressed after the answer are lost with the overlay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = Confirm(Question("Stop run 812", "stop", "keep it running"))
        await show(pilot, overlay)
        overlay.key("enter", None)
        overlay.key("enter", None)
        overlay.key("escape", None)
        await until(pilot, lambda: app.results == [True])
        assert len(app.screen_stack) == 1


def keys() -> list[KeyHint]:
    """Return the keys of a place."""
    return [
        KeyHint("enter", "open", group="This run", command_id="run.open"),
        KeyHint("x", "stop", asks=True, group="This run", command_id="run.stop"),
        KeyHint("r", "rerun", False, "it still runs", group="This run", command_id="run.rerun"),
        KeyHint("/", "filter", group="Find", command_id="filter"),
        KeyHint("1", "Projects", group="Places", command_id="go.projects"),
    ]


async def test_help_shows_every_key_and_why_one_is_refused() -> None:
    """Keys stand in groups; one that asks and one that is refused say so."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = inside(await show(pilot, HelpOverlay("Runs", keys())))
        assert rows[0] == "  / ▏type to filter, enter runs it"
        assert [row.split() for row in rows[2:6]] == [
            ["This", "run", "Find", "Places"],
            ["▌", "enter", "open", "/", "filter", "1", "Projects"],
            ["x", "stop", "asks"],
            ["r", "rerun", "no"],
        ]
        assert rows[-2] == "  r refused: it still runs"
        assert rows[-1] == "  enter run  esc close"


async def test_help_runs_what_is_under_the_cursor() -> None:
    """Typing filters, arrows move, enter returns the command; a refused one stays."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = HelpOverlay("Runs", keys())
        await show(pilot, overlay)
        await pilot.press("r", "e", "r", "enter")
        assert app.results == []
        assert overlay.current is not None
        assert overlay.current.command_id == "run.rerun"
        await pilot.press("ctrl+u", "right", "right", "left", "enter")
        await until(pilot, lambda: app.results == ["filter"])
        assert app.leaks == 0


async def test_help_finds_nothing_and_says_so() -> None:
    """A filter that matches nothing leaves a sentence and the way out."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, HelpOverlay("Runs", keys()))
        await pilot.press("z", "z", "z", "enter", "down", "right")
        await until(pilot, lambda: any("No key matches." in row for row in rows_of(app)))
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


COLUMNS = (
    Column("name", "Name", 20, priority=9, is_name=True),
    Column("what", "What", 12, priority=5),
)


def deck(query: str = "", **others: Any) -> Picker[str]:
    """Return a deck of things to launch."""

    def choice(name: str, pin: str = "", reason: str = "") -> Choice[str]:
        return Choice(name, name, {"what": (Span("template", "muted"),)}, pin=pin, reason=reason)

    return Picker(
        "Launch",
        COLUMNS,
        [
            choice("netlab-up", "1"),
            choice("lint"),
            choice("wan-netflow", reason="eve-lab2 unreachable 3m"),
            choice("inet-edge", "2"),
        ],
        verb="card",
        query=query,
        **others,
    )


async def test_the_picker_finds_by_letters_and_returns_the_item() -> None:
    """What matches best is first, with its letters underlined; enter returns it."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = deck()
        await show(pilot, picker)
        await pilot.press("n", "e", "t")
        await until(pilot, lambda: any("› net▏" in row for row in rows_of(app)))
        rows = rows_of(app)
        assert rows[2] == f"  ╭─ Launch {'─' * 56} 3 of 4 ─╮"
        assert inside(rows)[4].startswith("▌ 1  netlab-up             template")
        underlined = [
            one.text for row in segments_of(app) for one in row if one.style and one.style.underline
        ]
        assert underlined == ["net", "net", "net"]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.results == ["inet-edge"])


async def test_what_cannot_be_picked_says_why() -> None:
    """A choice that is out of reach stays in the list, muted, and enter gives its reason."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, deck("flow"))
        await pilot.press("enter")
        assert app.results == []
        assert inside(rows_of(app))[-1] == "  wan-netflow eve-lab2 unreachable 3m"


async def test_digits_pick_only_while_nothing_is_typed() -> None:
    """A digit picks the pinned one at once; after a letter it is a letter like any other."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, deck())
        await pilot.press("2")
        await until(pilot, lambda: app.results == ["inet-edge"])
        picker = deck(at_once={".": ("same again", "again")})
        await show(pilot, picker)
        await pilot.press("l", "2", ".")
        assert picker.found == []
        await pilot.press("escape", ".")
        await until(pilot, lambda: app.results == ["inet-edge", "again"])
        assert app.leaks == 0


async def test_choices_that_arrive_later_leave_the_cursor_where_it_is() -> None:
    """New choices join the list; query and cursor stay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = deck()
        await show(pilot, picker)
        await pilot.press("down")
        more = [Choice("early", "early"), *picker.found]
        picker.update_choices(more)
        await until(pilot, lambda: any("early" in row for row in rows_of(app)))
        assert picker.current is not None
        assert picker.current.item == "lint"


FIELDS = (
    SurveyField("topology", required=True, description="which file to bring up"),
    SurveyField("device", FieldKind.ENUM, default="frr", required=True, choices=("frr", "eos")),
    SurveyField("wipe", FieldKind.BOOL),
    SurveyField("asn", FieldKind.INT, default="65000"),
    SurveyField("vault_pw", FieldKind.SECRET, required=True),
)


def command(answers: Mapping[str, str]) -> str:
    """Return the headless twin of a launch."""
    return " ".join(["skyforge runs launch up", *(f"-v {k}={v}" for k, v in answers.items() if v)])


def card(untrusted: Untrusted | None = None, **others: Any) -> LaunchCard:
    """Return the card of a launch with one field of every kind."""
    offer = LaunchOffer("up", (Fact("owner", line("mara")),), FIELDS, **others)
    return LaunchCard(
        offer, same_as=command, untrusted=untrusted, on_trust=lambda card: card.trusted()
    )


async def test_a_launch_goes_when_it_is_complete() -> None:
    """Every kind of field is answered from the keyboard; enter launches with checked answers."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = card()
        await show(pilot, overlay)
        assert not overlay.may_launch
        await pilot.press("enter")
        assert app.results == []
        await pilot.press("d", "c", "q", "tab", "right", "tab", "space", "tab", "ctrl+u", "0", "7")
        await pilot.press("tab", "p", "w")
        await until(pilot, lambda: any("skyforge runs launch up" in row for row in rows_of(app)))
        rows = inside(rows_of(app))
        assert f"{'  topology  *  dcq':<46}required" in rows
        assert f"{'  device    * frr  ‹ eos ›':<46}← → 2 of 2" in rows
        assert f"{'  wipe      * [x] yes':<46}space" in rows
        assert f"{'▌ vault_pw     ••▏':<46}secret, not kept" in rows
        said = next(at for at, row in enumerate(rows) if "same as" in row)
        shown = " ".join(row.strip() for row in rows[said : said + 2])
        assert shown.endswith("-v topology=dcq -v device=eos -v wipe=true -v asn=07")
        assert "pw" not in shown
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                app.results
                == [
                    {
                        "topology": "dcq",
                        "device": "eos",
                        "wipe": "true",
                        "asn": "7",
                        "vault_pw": "pw",
                    }
                ]
            ),
        )
        assert app.leaks == 0


async def test_what_is_missing_or_wrong_is_said_in_place() -> None:
    """A wrong number is called so at once, a missing answer when one has gone past it."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = card(answers={"topology": "dc1", "vault_pw": "old"})
        await show(pilot, overlay)
        assert overlay.form.current is not None
        assert overlay.form.current.field.name == "vault_pw"
        assert overlay.form.current.answer == ""
        await pilot.press("up", "x", "enter")
        await pilot.pause()
        rows = inside(rows_of(app))
        assert any("takes a whole number, not '65000x'" in row for row in rows)
        assert any(row.split()[:2] == ["vault_pw", "required"] for row in rows)
        bad = {
            one.text.strip()
            for row in segments_of(app)
            for one in row
            if one.style and one.style.color and one.style.color.name == "#ff8178"
        }
        assert {"required"} <= bad
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


def _would_run(_: Mapping[str, str]) -> str:
    return "ansible-playbook site.yml"


async def test_untrusted_content_is_shown_before_it_is_trusted() -> None:
    """Files, hashes and command stand there; launching waits until the content is trusted."""
    content = Untrusted((("playbooks/site.yml", "9f3a2b11c0de" * 5),), _would_run)
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = card(content, answers={"topology": "dc1"})
        rows = inside(await show(pilot, overlay))
        assert any(row.split() == ["file", "playbooks/site.yml", "sha256", "9f3a2b11c0de"]
                   for row in rows)  # fmt: skip
        assert any(row.endswith("ansible-playbook site.yml") for row in rows)
        await pilot.press("p", "w", "enter")
        assert app.results == []
        assert any("Trust the content first: ctrl+t" in row for row in rows_of(app))
        overlay.say("state.db: no space left")
        await until(pilot, lambda: any("no space left" in row for row in rows_of(app)))
        await pilot.press("ctrl+t", "enter")
        await until(pilot, lambda: len(app.results) == 1)
        assert app.results[0]["vault_pw"] == "pw"


async def test_pasting_goes_into_the_field_in_focus() -> None:
    """Pasted text becomes one line in the field; later lines and control characters do not."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = card()
        await show(pilot, overlay)
        app.screen.post_message(events.Paste("dc1\x1b[2J-evpn\nsecond"))
        await until(pilot, lambda: overlay.form.answers["topology"] == "dc1[2J-evpn")


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        *(((80, 24), theme) for theme in NAMES),
        ((120, 36), "dark"),
        ((40, 12), "dark"),
        ((200, 60), "mono"),
    ],
)
async def test_every_overlay_names_its_way_out_at_every_size(
    size: tuple[int, int], theme: str
) -> None:
    """On every terminal the frame is whole, inside the screen, and says how to leave it."""
    content = Untrusted((("playbooks/site.yml", "9f3a2b11c0de"),), _would_run)
    app = Stage(theme=theme)
    async with app.run_test(size=size) as pilot:
        for overlay in (destroy(), HelpOverlay("Runs", keys() * 9), deck("n"), card(content)):
            rows = await show(pilot, overlay)
            top = next(at for at, row in enumerate(rows) if "╭" in row)
            bottom = next(at for at, row in enumerate(rows) if "╰" in row)
            left, right = rows[top].index("╭"), rows[top].index("╮")
            assert (rows[bottom].index("╰"), rows[bottom].index("╯")) == (left, right)
            assert all(row[left] + row[right] == "││" for row in rows[top + 1 : bottom])
            assert top >= 1
            assert bottom <= size[1] - 2
            assert any("esc " in row for row in rows[top:bottom])
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_no_slivers_beside_an_overlay() -> None:
    """Close to the full width the place behind is blank between its first and last row."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = await show(pilot, deck())
        assert rows[0].startswith("  behind 0")
        assert rows[1] == ""
        assert rows[10].startswith("  │")
        assert rows[23] != ""
    app = Stage()
    async with app.run_test(size=(120, 24)) as pilot:
        rows = await show(pilot, destroy())
        assert rows[1].startswith("  behind 1")
        assert rows[10].startswith("  behind 10")


async def test_a_sent_command_that_is_cut_is_whole_below() -> None:
    """The log of commands cuts long ones in their rows, and writes the chosen one whole below."""
    long = f"skyforge runs launch fabric/backup {'-v site=oslo ' * 8}-v last=word"
    sent = [SentCommand(NOON, "ada", one, "/srv") for one in (long, "skyforge runs stop 7")]
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = inside(await show(pilot, CommandLog(sent, NOON, on_copy=lambda _: None)))
        assert not any("last=word" in row for row in rows)
        await pilot.press("k")
        await until(pilot, lambda: any("last=word" in row for row in inside(rows_of(app))))
        below = [row.strip() for row in inside(rows_of(app))[3:]]
        assert " ".join(" ".join(below).split()).startswith(long)
        assert len(inside(rows_of(app))) == len(rows)


def is_within(app: App[None], width: int) -> bool:
    """Say whether the deck, with what was typed, ends within a width."""
    rows = rows_of(app)
    fits = any("╮" in row and row.rindex("╮") < width for row in rows)
    return fits and any("› n▏" in row for row in rows)


async def test_resizing_keeps_the_overlay_in_the_screen() -> None:
    """An open overlay fits itself to a smaller terminal and back, its text kept."""
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await show(pilot, deck())
        await pilot.press("n")
        for width, height in ((40, 12), (80, 24), (120, 36)):
            await pilot.resize_terminal(width, height)
            await until(pilot, partial(is_within, app, width))


def test_typing_moves_and_deletes_as_usual() -> None:
    """Arrows, ends, words and deletions work on the text around the caret."""
    entry = TextEntry()
    for character in "dc1 evpn":
        assert entry.key(character, character)
    entry.key("alt+backspace", None)
    assert entry.text == "dc1 "
    entry.key("home", None)
    entry.key("delete", None)
    entry.key("right", None)
    entry.key("X", "X")
    assert entry.text == "cX1 "
    assert not entry.is_at_end
    entry.key("ctrl+k", None)
    assert entry.text == "cX"
    entry.key("ctrl+u", None)
    assert entry.text == ""
    assert not entry.key("f5", None)
    assert not entry.key("enter", "\r")


def test_a_long_text_scrolls_to_its_caret() -> None:
    """The caret is always in view; a secret shows only how long it is."""
    entry = TextEntry("0123456789")
    assert "".join(span.text for span in entry.line(6)) == "56789▏"
    entry.key("home", None)
    assert "".join(span.text for span in entry.line(6)) == "01234…"
    assert "".join(span.text for span in TextEntry("pw").line(5, is_masked=True)) == "••▏  "
    assert "".join(span.text for span in TextEntry("a").line(4, fill="_")) == "a▏__"


async def test_thousands_are_drawn_as_they_are_seen() -> None:
    """Of thousands of choices only those in view are drawn, whatever is typed."""
    drawn: list[int] = []

    class Counted(Picker[int]):
        def _row(self, index: int, *args: Any, **options: Any) -> Line:
            drawn.append(index)
            return super()._row(index, *args, **options)

    choices = [Choice(number, f"play-{number}") for number in range(5_000)]
    columns = (Column("name", "Name", 18, is_name=True),)
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, Counted("Launch", columns, choices))
        await pilot.press("p", "l", "a", "y", "pagedown", "ctrl+end")
        await until(pilot, lambda: any("play-4999" in row for row in rows_of(app)))
    assert len(drawn) < 1_000
