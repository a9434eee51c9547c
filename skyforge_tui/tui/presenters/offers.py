"""What a launch card and a confirmation say: data that presenters make and overlays show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import SurveyField
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.presenters.cells import Line
    from skyforge_tui.tui.presenters.headless import Act


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and everything one should know before saying yes."""

    title: str
    """`Stop run 812`."""
    go: str
    """The word of the key that does it: `stop`."""
    way_out: str
    """What `esc` means: `keep it running`."""
    things: Sequence[Line] = ()
    """What is acted on, one line each, with owner and place."""
    costs: Sequence[tuple[str, Line]] = ()
    """What is lost, kept, hit, not yours: label and words."""
    words: str = ""
    """What must be typed, or empty."""
    asker: str = ""
    """Who asks for the words."""
    same_as: str = ""
    """The headless command that does the same."""
    guard: Line = ()
    is_destructive: bool = False
    lost: frozenset[str] = field(default_factory=lambda: frozenset({"Lost for good", "Lost"}))
    """The labels of `costs` that are shown as what will be destroyed."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what a launch is: label, words, and words at the right end."""

    label: str
    words: Line
    aside: Line = ()


@dataclass(frozen=True, slots=True)
class Untrusted:
    """Content nobody has trusted yet: its files with their hashes, and what would run."""

    files: Sequence[tuple[str, str]]
    """Path and SHA-256 of each."""
    command: Callable[[Mapping[str, str]], str]
    """Makes the command line it would run with the answers that may be shown."""
    along: Sequence[str] = ()
    """The names of what else comes from these files, and may run as well then."""


@dataclass(frozen=True, slots=True)
class LaunchOffer:
    """Everything a card shows."""

    name: str
    facts: Sequence[Fact] = ()
    fields: Sequence[SurveyField] = ()
    answers: Mapping[str, str] | None = None
    """What was answered last time; secret answers are asked again."""
    by_answers: Callable[[Mapping[str, str]], Sequence[Fact]] | None = None
    """More facts, that depend on the answers that may be shown."""
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By field name, files that could be meant; as seen from where it will run."""
    go: str = "launch"
    title: str = "Launch"
    """What is done, before the name."""
    guard: Line = ()
    note: str = ""
    """A last line: what closing the program does not do."""
    refused: Callable[[], str] | None = None
    """Says why this person may not launch it now, and what to do; nothing where they may."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on with a line: the whole line then, the word as listed, what it means."""

    line: str
    shown: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line, from which column (0 first) on, and what was probably meant."""

    column: int
    message: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Yank:
    """Something that can be copied: the letter that picks it, what it is, and the text."""

    key: str
    label: str
    text: str
    make: Callable[[], Coroutine[Any, Any, str]] | None = None
    """Makes what is copied when it is picked; `text` says what that is until then."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """How something is stopped that a run does, and the command that does the same."""

    act: Act
    stop: Callable[[Services], Coroutine[Any, Any, object]]


@dataclass(frozen=True, slots=True)
class Instead:
    """What a launch by a card is done as, where it means more than a run of a template."""

    act: Callable[[Mapping[str, str]], Act | None]
    """What it is with these answers; None where they make it a plain launch."""
    launch: Callable[[Services, Mapping[str, str]], Awaitable[Run]]
