"""The colour tokens hold what the look promises, and Textual draws with them."""

from __future__ import annotations

import pytest

from skyforge_tui.tui.look import NAMES, Look
from skyforge_tui.tui.palettes import FEW, PALETTES
from skyforge_tui.tui.presenters.cells import Line, Span, line
from skyforge_tui.tui.presenters.offers import Question
from skyforge_tui.tui.theme import dress, look_of
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.lines import LinesView
from tests.tui.drawing import Canvas, rows_of, segments_of, until

GROUNDS = ("bg", "surface", "overlay", "cursor", "cursor2")
WORST = {
    "dark": {"text": 9.6, "muted": 4.9, "accent": 6.3, "ok": 6.7, "warn": 7.0, "bad": 5.4},
    "light": {"text": 11.3, "muted": 5.0, "accent": 5.6, "ok": 5.2, "warn": 5.1, "bad": 5.3},
    "contrast": {"text": 11.3, "muted": 7.3, "accent": 6.6, "ok": 8.8, "warn": 8.2, "bad": 5.6},
}
PILL = {"dark": 9.0, "light": 6.8, "contrast": 12.3}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB` (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_words_are_readable_on_every_ground(theme: str) -> None:
    """Every tone that carries words has its promised contrast on the worst ground."""
    palette = PALETTES[theme]
    for tone, promised in WORST[theme].items():
        worst = min(contrast(palette[tone], palette[ground]) for ground in GROUNDS)
        assert round(worst, 1) == promised, tone
        assert worst >= 4.5, tone
    assert round(contrast(palette["bg"], palette["accent"]), 1) == PILL[theme]


@pytest.mark.parametrize("theme", PALETTES)
def test_lines_that_carry_no_words_are_still_seen(theme: str) -> None:
    """Faint lines stand out from the ground enough to be seen."""
    assert contrast(PALETTES[theme]["faint"], PALETTES[theme]["bg"]) >= 3.0


_STEPS = (0, 95, 135, 175, 215, 255)
_GREYS = tuple(range(8, 239, 10))


@pytest.mark.parametrize("theme", FEW)
def test_few_colours_are_enough(theme: str) -> None:
    """On a terminal of 256 colours all are exact, words readable, lines and bands seen."""
    palette = FEW[theme]
    assert palette.keys() == PALETTES[theme].keys()
    for tone, colour in palette.items():
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        is_grey = len(set(parts)) == 1 and parts[0] in _GREYS
        assert is_grey or all(part in _STEPS for part in parts), tone
    for tone in WORST[theme]:
        worst = min(contrast(palette[tone], palette[ground]) for ground in GROUNDS)
        assert worst >= 4.5, tone
    assert contrast(palette["faint"], palette["bg"]) >= 3.0
    assert contrast(palette["bg"], palette["accent"]) >= 4.5
    assert len({palette[one] for one in ("bg", "cursor", "cursor2")}) == 3


async def test_few_colours_are_worn() -> None:
    """An application on such a terminal draws with those, in every theme it is given."""
    app = Canvas(LinesView([SAMPLE]))
    dress(app, "dark", few=True)
    async with app.run_test(size=(40, 5)) as pilot:
        for theme in FEW:
            dress(app, theme, few=True)
            style = look_of(app).style("bad", on="cursor")
            assert style.color is not None
            assert style.color.name == FEW[theme]["bad"].lower()
            await pilot.pause()


def test_without_colours_attributes_say_it() -> None:
    """Monochrome styles hold no colour; bands are reversed and then not dim."""
    look = Look("mono")
    for tone in ("text", "muted", "accent", "warn", "bad", "pill", "spin"):
        style = look.style(tone, on="surface")
        assert style.color is None
        assert style.bgcolor is None
    assert look.style("muted").dim
    assert look.style("bad").bold
    assert look.style("muted", on="cursor").reverse
    assert not look.style("muted", on="cursor").dim


def test_an_unknown_theme_is_refused() -> None:
    """Only the themes there are can be worn."""
    with pytest.raises(KeyError):
        dress(Canvas(), "solarized")


SAMPLE: Line = line("plain ", Span("bad", "bad"), " ", Span("muted", "muted"))


async def test_changing_the_theme_repaints() -> None:
    """What is on screen takes the colours of the new theme, without being touched itself."""
    app = Canvas(LinesView([SAMPLE]))
    async with app.run_test(size=(40, 5)) as pilot:
        for theme in NAMES:
            dress(app, theme)
            ink = PALETTES[theme]["bad"].lower() if theme in PALETTES else "none"

            def is_painted(ink: str = ink) -> bool:
                colours = [
                    one.style.color.name if one.style and one.style.color else "none"
                    for one in segments_of(app)[0]
                    if one.text == "bad"
                ]
                return colours == [ink]

            await until(pilot, is_painted)
            assert look_of(app).theme == theme
            assert rows_of(app)[0] == "  plain bad muted"


async def test_ascii_draws_the_same_cells() -> None:
    """The ASCII set changes signs, not places."""
    signs = line(Span("✓", "ok"), " passed  ", Span("━━──", "accent"), "  a cut na…")
    app = Canvas(LinesView([signs]), ascii=True)
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        assert rows_of(app)[0] == "  + passed  ==--  a cut na~"


async def test_no_colour_reaches_a_terminal_that_wants_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With NO_COLOR set, the theme without colours sends attributes and nothing else."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = Canvas(LinesView([SAMPLE]), theme="mono")
    async with app.run_test(size=(40, 5)) as pilot:
        await until(pilot, lambda: rows_of(app)[0] == "  plain bad muted")
        await app.push_screen(Confirm(Question("Stop run 812", "stop", "keep it running")))
        await until(pilot, lambda: any("Stop run 812" in row for row in rows_of(app)))
        styles = [one.style for row in segments_of(app) for one in row if one.style]
        for style in styles:
            for colour in (style.color, style.bgcolor):
                assert colour is None or colour.is_default
        assert any(style.dim for style in styles)
        assert any(style.bold for style in styles)
