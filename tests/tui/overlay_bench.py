"""A stage for overlays, and one of each kind to put on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.cells import Line, Span, line
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.offers import Fact, LaunchOffer, Question, Untrusted
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.launch_card import LaunchCard
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.overlay import Overlay
from skyforge_tui.tui.widgets.picker import Choice, Picker
from tests.tui.drawing import Canvas, rows_of, until

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


def keys() -> list[KeyHint]:
    """Return the keys of a place."""
    return [
        KeyHint("enter", "open", group="This run", command_id="run.open"),
        KeyHint("x", "stop", asks=True, group="This run", command_id="run.stop"),
        KeyHint("r", "rerun", False, "it still runs", group="This run", command_id="run.rerun"),
        KeyHint("/", "filter", group="Find", command_id="filter"),
        KeyHint("1", "Projects", group="Places", command_id="go.projects"),
    ]


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


def would_run(_: Mapping[str, str]) -> str:
    """Return what a launch would run, whatever is answered."""
    return "ansible-playbook site.yml"
