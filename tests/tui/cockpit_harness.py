"""The whole cockpit under a test's hands: keys in, rows as a person sees them out, no sleeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from skyforge_tui.tui.app import SkyforgeApp
from tests.tui.drawing import rows_of, until


def screen_text(app: App[Any]) -> list[str]:
    """Return the rows as shown, trailing blanks cut."""
    return rows_of(app)


def shows(app: App[Any], *texts: str) -> bool:
    """Say whether every text stands in some row, however wide the columns are."""
    rows = [_closed_up(row) for row in screen_text(app)]
    return all(any(_closed_up(text) in row for row in rows) for text in texts)


def row_with(app: App[Any], text: str) -> str:
    """Return the first row that holds `text`, however wide the columns are."""
    return next(row for row in screen_text(app) if _closed_up(text) in _closed_up(row))


def _closed_up(text: str) -> str:
    return " ".join(text.split())


def is_idle(app: SkyforgeApp) -> bool:
    """Say whether nothing is asked, loading or waiting to be painted; an open overlay may wait."""
    loading = any(not one.is_finished for one in app.workers if one.group != "default")
    return app.bridge.is_open and app.bridge.is_idle and not loading


async def until_idle(pilot: Pilot[Any]) -> None:
    """Wait until everything asked for is there and painted."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    await until(pilot, lambda: is_idle(app))
    await pilot.pause()


async def until_shown(pilot: Pilot[Any], *texts: str) -> list[str]:
    """Wait until all these texts are on the screen; return its rows."""
    try:
        await until(pilot, lambda: shows(pilot.app, *texts))
    except TimeoutError:
        raise AssertionError(_unmet(pilot, texts)) from None
    return screen_text(pilot.app)


async def until_gone(pilot: Pilot[Any], text: str) -> list[str]:
    """Wait until a text is no longer on the screen; return its rows."""
    try:
        await until(pilot, lambda: not shows(pilot.app, text))
    except TimeoutError:
        raise AssertionError(_unmet(pilot, ("without", text))) from None
    return screen_text(pilot.app)


async def press(pilot: Pilot[Any], *keys: str, shows: str | Sequence[str] = ()) -> list[str]:
    """Press keys, then wait until the screen shows something."""
    await pilot.press(*keys)
    return await until_shown(pilot, *((shows,) if isinstance(shows, str) else shows))


async def write(pilot: Pilot[Any], text: str) -> None:
    """Type a text."""
    await pilot.press(*(_KEYS.get(letter, letter) for letter in text))


_KEYS = {" ": "space", ".": "full_stop", "-": "minus", "_": "underscore", "/": "slash",
         "=": "equals_sign", "?": "question_mark", ":": "colon"}  # fmt: skip

Steps = Callable[[Pilot[Any]], Any]


def _unmet(pilot: Pilot[Any], texts: Sequence[str]) -> str:
    rows = "\n".join(screen_text(pilot.app))
    return f"never shown: {', '.join(texts)}; the screen:\n{rows}"
