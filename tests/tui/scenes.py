"""What pictures show: the pretended workspace, a terminal size, a look, and keystrokes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.connection import Step, StepReport, StepState
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.screens.run.screen import RunScreen
from tests.fakes.artifacts import Shelf
from tests.fakes.clock import FakeClock
from tests.fakes.connections import Course, FakeConnector
from tests.fakes.core import Core
from tests.fakes.log_store import MemoryLogReader
from tests.fakes.project_host import FakeRepositoryHost
from tests.fakes.repositories import FILES, FakeRepositories, Rewriting
from tests.tui.cockpit_harness import press, until_idle, until_shown
from tests.tui.drawing import until
from tests.tui.pretend import NOW, Estate, PretendLogs, run_id
from tests.tui.pretend_artifacts import a_shelf
from tests.tui.pretend_automation import automated
from tests.tui.pretend_eve import eve_labs
from tests.tui.pretend_labs import LabEstate, many_labs, no_labs, silent_labs
from tests.tui.pretend_making import ENDED, making, removing
from tests.tui.pretend_people import people

SMALL, LARGE = (80, 24), (120, 36)
Steps = Callable[[Pilot[Any]], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Scene:
    """One picture."""

    name: str
    steps: Steps
    size: tuple[int, int] = SMALL
    theme: str = "dark"
    ascii_only: bool = False
    estate: dict[str, Any] = field(default_factory=dict)
    shelf: Callable[[], Shelf] = Shelf
    """What makes the store of artifacts and what is in it."""
    hosts: Callable[[], list[FakeRepositoryHost]] = lambda: [FakeRepositoryHost()]
    """What makes the host of the projects."""
    labs: Callable[[], Core] | None = None
    """What makes the services where there are labs."""

    is_asking: bool = False
    """Whether somebody is asked in the middle of something."""
    course: Course | None = None
    """What is told and asked while connecting."""

    def app(self) -> SkyforgeApp:
        """Return a new application that has not started."""
        look: dict[str, Any] = {"theme": self.theme, "ascii_only": self.ascii_only}
        if self.labs is not None:
            return LabEstate(core=self.labs(), **self.estate).app(**look)
        core = Core(
            clock=FakeClock(NOW), logs=PretendLogs(), shelf=self.shelf(), hosts=self.hosts(),
            connector=FakeConnector(course=self.course),
        )  # fmt: skip
        return Estate(core=core, **self.estate).app(**look)

    async def play(self, pilot: Pilot[Any]) -> None:
        """Go there."""
        await until_idle(pilot)
        await self.steps(pilot)
        if (
            self.course is None and not self.is_asking
        ):  # who is asked in the middle of something is not idle
            await until_idle(pilot)


def keys(*presses: str, shows: str = "") -> Steps:
    """Return steps that press keys until something is on the screen."""

    async def steps(pilot: Pilot[Any]) -> None:
        for one in presses:
            await pilot.press(one)
            await until_idle(pilot)
        await until_shown(pilot, shows)

    return steps


def is_looked_through(app: SkyforgeApp) -> bool:
    """Say whether all of the output of the run in front was looked through."""
    screen = app.place()
    assert isinstance(screen, RunScreen)
    outline, reader = screen.log_view.outline, screen.reader
    return outline is not None and reader is not None and outline.size == reader.size > 0


def a_run(number: int, *presses: str, shows: str = "") -> Steps:
    """Return steps that open a run, and then press keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        app.open_run(run_id(number))
        await until_shown(pilot, f" {number} ", "TASK")
        await until_idle(pilot)
        await until(pilot, lambda: is_looked_through(app))
        await until_idle(pilot)
        for one in presses:
            await press(pilot, one)
        await until_shown(pilot, shows)

    return steps


async def yielded(pilot: Pilot[Any]) -> None:
    """Open a run, scroll up, and let it go on."""
    await a_run(812, *"kkkkkk", shows="render neighbours")(pilot)
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    screen = app.place()
    assert isinstance(screen, RunScreen)
    assert isinstance(screen.reader, MemoryLogReader)
    more = b"\x1b[0;32mok: [leaf1] => (item=vlan)\x1b[0m\n" * 142
    screen.reader._store.grow("812", more)
    screen.log_view.grew()
    await until_shown(pilot, "142 new")


def repositories() -> list[FakeRepositoryHost]:
    """Return a host that shows what is in its projects."""
    return [FakeRepositories(NOW)]


async def conflicting(pilot: Pilot[Any]) -> None:
    """Edit a file that somebody else changes meanwhile."""
    await REPOSITORY(pilot)
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    app._make_editor = lambda: Rewriting(b"65001", b"65010")
    await press(pilot, "e", shows="Commit to main")

    async def meddle(services: Services) -> None:
        (host,) = services.repositories._hosts.values()
        assert isinstance(host, FakeRepositories)
        host.files_held["site.yml"] = FILES["site.yml"].replace(b"leaves", b"all")

    await app.bridge.ask(meddle)
    await press(pilot, "enter", shows="They are apart")


REPOSITORY = keys("f", "G", shows="site.yml")
PATCH = keys("f", "tab", shows="asn: 65001")
BRANCHES = keys("f", "b", shows="feature/evpn-multihoming")
PROJECTS = keys("j", "j", "j", "j", shows="telemetry from SR Linux")
RUNS = keys("3", "j", shows="813")
ATTENTION = keys("5", shows="Needs me")
DECK = keys("L", "n", "e", "t", shows="bring a topology up")
CARD = keys("j", "enter", "G", "enter", shows="Launch netlab-up")
UNTRUSTED = keys("j", "j", "j", "j", "enter", "j", "enter", shows="nobody here has trusted it yet")
CONFIRM = a_run(812, "x", shows="Stop run 812")
SEARCH = a_run(812, "slash", *"leaf2", "enter", "N", shows="25 of 26")
FILTER = a_run(812, "ampersand", *"changed:", "enter", "plus", shows="±1")
REFUSED = a_run(806, "x", shows="Refused")

NEWCOMER = keys(shows="Secrets go to the keyring")


async def some_steps(dialogue: Dialogue) -> None:
    """Tell how connecting goes, until a code is asked for."""
    for step, words in {
        Step.ADDRESS: "https://semaphore.example.net",
        Step.REACH: "it answers through bastion",
        Step.TRUST: "semaphore.example.net, by Example Net CA, until 2027-03-01",
        Step.FIND: "Semaphore's API at https://semaphore.example.net/api",
    }.items():
        dialogue.tell(StepReport(step, StepState.DONE, words))
    dialogue.tell(StepReport(Step.SIGN_IN, StepState.RUNNING))
    await dialogue.ask(Proof.TOTP, "the server wants the six digits of the app of mara")


async def a_certificate(dialogue: Dialogue) -> None:
    """Show a certificate that nobody vouches for."""
    dialogue.tell(StepReport(Step.ADDRESS, StepState.DONE, "https://10.0.0.7:3000"))
    dialogue.tell(StepReport(Step.REACH, StepState.DONE, "it answers"))
    dialogue.tell(StepReport(Step.TRUST, StepState.RUNNING))
    words = "the certificate of 10.0.0.7:3000 is not trusted: it is signed by itself"
    await dialogue.trust("4ed547f88af392fc" * 4, f"{words}, SHA-256 4E:D5")


async def asked_who(pilot: Pilot[Any]) -> None:
    """Let a server ask who one is."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    why = "the server does not accept the token any more"
    question = Question("semaphore-emea", "semaphore", Proof.TOKEN, why, "mara")

    async def ask(services: Services) -> None:
        desk = services.sign_in._desk
        asking.append(asyncio.ensure_future(desk.ask(question)))

    asking: list[asyncio.Future[Hidden]] = []
    await app.bridge.ask(ask)
    await until_shown(pilot, "Sign in to semaphore-emea")


ARTIFACTS = keys("4", "enter", "enter", "G", shows="run 806")
DIFFERENCE = keys(
    "4", "enter", "enter", "enter", "space", "j", "space", "equals_sign", shows="→ spine1.cfg"
)
HEX = keys("4", "enter", "enter", "j", shows="binary")

LABS = keys("2", "j", "j", shows="frr-nightly")
LAB = keys("2", "enter", shows="spine1 eth1")
FAILED = keys("2", *("j" * 10), "enter", shows="fatal: [srl2]")
EMPTY: dict[str, Any] = {"is_empty": True}
NODE = keys("2", "enter", "j", "j", "j", "j", shows="leaf3")
CONNECT = keys("5", "c", "p", "r", "o", "d", shows="where a browser finds it")


async def connecting(pilot: Pilot[Any]) -> None:
    """Connect to a server until it asks something."""
    await CONNECT(pilot)
    await press(pilot, "enter", shows=("it answers", "esc"))
    await pilot.pause()


ON_BRANCH = ("slash", *"sdwan", "enter")
SCENES = (
    Scene("welcome", NEWCOMER, estate={"is_new": True}),
    Scene("welcome-large", NEWCOMER, LARGE, estate={"is_new": True}),
    Scene("welcome-mono", NEWCOMER, theme="mono", ascii_only=True, estate={"is_new": True}),
    Scene("projects", PROJECTS),
    Scene("projects-large", PROJECTS, LARGE),
    Scene("projects-light", PROJECTS, theme="light"),
    Scene("projects-empty", keys(shows="No project here yet"), estate={"is_empty": True}),
    Scene("project-problem", keys("j", "j", "j", "j", "j", shows="did you mean")),
    Scene("runs", RUNS),
    Scene("runs-large", RUNS, LARGE),
    Scene("runs-mono", RUNS, theme="mono"),
    Scene("runs-empty", keys("3", shows="No run yet"), estate={"is_empty": True}),
    Scene("run-running", a_run(812)),
    Scene("run-running-large", a_run(812), LARGE),
    Scene("run-running-ascii", a_run(812), theme="mono", ascii_only=True),
    Scene("run-passed", a_run(806), LARGE, theme="light"),
    Scene("run-failed", a_run(799), theme="contrast"),
    Scene("run-lost", a_run(805)),
    Scene("run-asks", a_run(811, shows="asks you")),
    Scene("run-yielded", yielded),
    Scene("run-yielded-light", yielded, LARGE, theme="light"),
    Scene("run-search", SEARCH),
    Scene("run-search-mono", SEARCH, theme="mono", ascii_only=True),
    Scene("run-filter", FILTER),
    Scene("run-hidden", a_run(812, "H", "g", shows="22 tasks passed")),
    Scene("run-selection", a_run(812, "E", "v", "j", "j", "j", shows="selecting")),
    Scene("run-wrap", a_run(812, "backslash", "t", "E", "b", shows="unreachable")),
    Scene("run-grid", a_run(812, "m", shows="hosts × tasks")),
    Scene("repository", REPOSITORY, hosts=repositories),
    Scene("repository-large", REPOSITORY, LARGE, hosts=repositories),
    Scene("repository-light", PATCH, LARGE, theme="light", hosts=repositories),
    Scene("repository-mono", BRANCHES, theme="mono", ascii_only=True, hosts=repositories),
    Scene("making", making(), is_asking=True),
    Scene("making-ended", making(ENDED), LARGE, is_asking=True),
    Scene("making-mono", making(ENDED), theme="mono", ascii_only=True, is_asking=True),
    Scene("removing", removing, is_asking=True),
    Scene("people", people, is_asking=True),
    Scene("people-mono", people, theme="mono", ascii_only=True, is_asking=True),
    Scene("conflict", conflicting, hosts=repositories, is_asking=True),
    Scene("artifacts", ARTIFACTS, shelf=a_shelf),
    Scene("artifacts-large", ARTIFACTS, LARGE, shelf=a_shelf),
    Scene("artifacts-mono", HEX, theme="mono", ascii_only=True, shelf=a_shelf),
    Scene("artifacts-difference", DIFFERENCE, LARGE, shelf=a_shelf),
    Scene("artifacts-empty", keys("4", shows="No artifact yet")),
    Scene("labs", LABS, labs=many_labs),
    Scene("labs-large", LABS, LARGE, labs=many_labs),
    Scene("labs-light", LABS, theme="light", labs=many_labs),
    Scene("labs-mono", LABS, theme="mono", ascii_only=True, labs=many_labs),
    Scene("labs-empty", keys("2", shows="No lab here yet"), labs=no_labs, estate=EMPTY),
    Scene("labs-error", keys("2", shows="timed out"), LARGE, labs=silent_labs),
    Scene("lab", LAB, labs=many_labs),
    Scene("lab-large", NODE, LARGE, labs=many_labs),
    Scene("lab-starting", keys("2", *"jjj", "enter", shows="left"), labs=many_labs),
    Scene("lab-failed", FAILED, LARGE, theme="light", labs=many_labs),
    Scene(
        "eve-labs", keys("2", "j", "space", "j", "space", shows="2 marked"), LARGE, labs=eve_labs
    ),
    Scene("eve-servers", keys("2", "S", shows="editor"), labs=eve_labs),
    Scene("eve-lab", keys("2", *ON_BRANCH, "enter", shows="spoke3"), labs=eve_labs),
    Scene("eve-acts", keys("2", *ON_BRANCH, "a", shows="lock it"), labs=eve_labs),
    Scene(
        "eve-wipe",
        keys("2", *ON_BRANCH, "W", shows="Never kept"),
        LARGE,
        theme="mono",
        labs=eve_labs,
    ),
    Scene("lab-marker", keys("2", *("j" * 13), "enter", shows="u its run"), labs=many_labs),
    Scene("automation", automated(shows="every night")),
    Scene("automation-counts", automated(shows="counted by emea", counts=True), LARGE),
    Scene("automation-variables", automated("tab", shows="•••••• secret"), theme="light"),
    Scene("attention", ATTENTION),
    Scene("attention-large", ATTENTION, LARGE, theme="contrast"),
    Scene("attention-empty", keys("5", shows="Nothing broke"), estate={"is_calm": True}),
    Scene("deck", DECK),
    Scene("card", CARD),
    Scene("card-large", CARD, LARGE, theme="light"),
    Scene("card-untrusted", UNTRUSTED),
    Scene("confirm", CONFIRM),
    Scene("refused", REFUSED),
    Scene("help", keys("3", "question_mark", shows="Keys in Runs")),
    Scene("connect", CONNECT),
    Scene("connect-steps", connecting, course=some_steps),
    Scene("connect-pin", connecting, LARGE, theme="light", course=a_certificate),
    Scene("sign-in", asked_who),
    Scene("palette", keys("ctrl+p", shows="Palette"), LARGE),
)
