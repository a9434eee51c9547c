"""From the wish to run something to a run that has ended, by keystroke, with real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.cockpit_harness import (
    press,
    row_with,
    screen_text,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.real_cockpit import Site

SECRET = "correct-horse-battery"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a workspace nobody has trusted anything of."""
    return Site(tmp_path).prepare()


async def card(pilot: Pilot[Any], name: str) -> None:
    """Open the card of a template from the deck."""
    await press(pilot, "L", shows="type to filter")
    await write(pilot, name)
    await press(pilot, "enter", shows=f"Launch {name}")


async def trusted_card(pilot: Pilot[Any], name: str) -> None:
    """Open a card and trust what declares it."""
    await card(pilot, name)
    await until_shown(pilot, "nobody here has trusted it yet")
    await pilot.press("ctrl+t")
    await until_gone(pilot, "nobody here has trusted it yet")


async def started(pilot: Pilot[Any], name: str = "steps") -> None:
    """Launch `steps` up to its gate."""
    await trusted_card(pilot, name)
    await press(pilot, "enter", shows=("◐ running", "begin dc1"))


async def test_launched_after_trust_and_followed(site: Site) -> None:
    """What a repository declares runs after its content was trusted, and is followed to its end."""
    async with site.cockpit() as pilot:
        await card(pilot, "steps")
        await press(pilot, "enter", shows="Trust the content first")
        await pilot.press("ctrl+t")
        await until_gone(pilot, "nobody here has trusted it yet")
        await press(pilot, "enter", shows=("◐ running", "begin dc1"))
        assert not shows(pilot.app, "the gate is open")
        site.open_gate()
        await until_shown(pilot, "✓ passed", "the gate is open")
        assert await site.output(pilot, 1) == b"begin dc1\nthe gate is open\n"


async def test_failed_run_says_so(site: Site) -> None:
    """A run that ends badly is shown as failed, in its place and under Attention."""
    site.open_gate()
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "steps")
        await pilot.press("tab", "backspace")
        await write(pilot, "3")
        await press(pilot, "enter", shows=("× failed", "the gate is open"))
        await press(pilot, "5", shows=("broke", "1 thing, 1 broke"))
        assert "5 Attention 1" in screen_text(pilot.app)[0]


async def test_stop_asks_and_stops(site: Site) -> None:
    """Stopping asks first; only then the run is stopped."""
    async with site.cockpit() as pilot:
        await started(pilot)
        await press(pilot, "x", shows="Stop run 1")
        await pilot.press("escape")
        await until_gone(pilot, "Stop run 1")
        assert shows(pilot.app, "◐ running")
        await press(pilot, "x", shows="Stop run 1")
        await press(pilot, "enter", shows="■ stopped")


async def test_ended_run_refuses_to_stop(site: Site) -> None:
    """A key that cannot do anything says why; esc takes the words away."""
    site.open_gate()
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "steps")
        await press(pilot, "enter", shows="✓ passed")
        await until_idle(pilot)
        await press(pilot, "x", shows=("¬ Refused", "run 1 has ended already", "Nothing was sent"))
        await pilot.press("escape")
        await until_gone(pilot, "Refused")
        assert shows(pilot.app, "runs › 1 steps")


async def test_rerun_keeps_answers(site: Site) -> None:
    """Rerunning shows the card with the answers of then."""
    site.open_gate()
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "steps")
        await pilot.press("end", "ctrl+u")
        await write(pilot, "campus")
        await press(pilot, "enter", shows=("✓ passed", "begin campus"))
        await press(pilot, "r", shows=("Launch steps", "campus"))
        await press(pilot, "enter", shows=("runs › 2 steps", "✓ passed", "begin campus"))


async def test_same_again(site: Site) -> None:
    """The full stop shows the card of what was launched last."""
    site.open_gate()
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "steps")
        await press(pilot, "enter", shows="✓ passed")
        await press(pilot, "1", shows="Projects 1")
        await press(pilot, "full_stop", shows="Launch steps")


async def test_secret_is_asked_again_and_kept_nowhere(site: Site) -> None:
    """A secret is never shown or written down, and a rerun asks for it again."""
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "vault")
        await write(pilot, SECRET)
        await until_shown(pilot, "•" * 8)
        assert not shows(pilot.app, SECRET)
        await press(pilot, "enter", shows=("✓ passed", "with eos"))
        await press(pilot, "p", shows="secret, not kept")
        assert not shows(pilot.app, SECRET)
        assert site.files_with(SECRET) == []
        await press(pilot, "r", shows="Launch vault")
        assert "•" not in row_with(pilot.app, "vault_pw")
        assert "required" in row_with(pilot.app, "vault_pw")
        await pilot.press("enter")
        await until_idle(pilot)
        assert shows(pilot.app, "Launch vault")


async def test_question_is_shown_and_answered(site: Site) -> None:
    """A run that waits for a person is shown as such everywhere, and is answered with a key."""
    async with site.cockpit() as pilot:
        await trusted_card(pilot, "cutover")
        await press(pilot, "enter", shows="push to pe1, pe2?")
        await until_shown(pilot, "? asks you")
        await press(pilot, "5", shows=("Needs me", "? asks you"))
        await press(pilot, "a", shows=("Answer run 1", "What the program shows of it stays"))
        await write(pilot, "yes")
        await pilot.press("enter")
        await until_gone(pilot, "? asks you")
        await press(pilot, "3", shows="✓ passed")
        await press(pilot, "enter", shows="heard yes")
