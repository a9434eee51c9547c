"""The questions of a card: changed ones are marked, long lists are searched, files complete."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.project import RepositoryFile
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.launch import files_for
from skyforge_tui.tui.presenters.offers import LaunchOffer
from skyforge_tui.tui.widgets.field_entry import FieldEntry
from skyforge_tui.tui.widgets.launch_card import LaunchCard
from skyforge_tui.tui.widgets.survey_form import SurveyForm
from tests.builders import a_project, a_template
from tests.tui.cockpit_harness import until_shown
from tests.tui.drawing import Canvas, until

DEVICES = tuple(f"device-{number:02}" for number in range(40))


def words(of: Line) -> str:
    """Return the text of a line."""
    return "".join(span.text for span in of)


def rows_of(form: SurveyForm) -> list[str]:
    """Return the form's rows as text."""
    return [words(row).rstrip() for row in form.lines(80, is_roomy=True, is_mono=False)[0]]


def test_changed_answers_are_marked() -> None:
    """What differs from its default bears a mark, and says the default; secrets never do."""
    fields = (
        SurveyField("count", FieldKind.INT, default="5"),
        SurveyField("fast", FieldKind.BOOL, default="yes"),
        SurveyField("device", FieldKind.ENUM, default="frr", choices=("frr", "eos")),
        SurveyField("pw", FieldKind.SECRET),
    )
    form = SurveyForm(fields, {"count": "7", "fast": "true", "device": "frr", "pw": "old"})
    assert [one.is_changed for one in form.entries] == [True, False, False, False]
    assert form.entries[3].answer == ""
    rows = rows_of(form)
    assert "* " in rows[0]
    assert "default 5" in rows[1]
    assert not any("* " in row for row in rows[2:])
    form.entries[1].key("space", " ")
    form.entries[3].paste("new")
    assert [one.is_changed for one in form.entries] == [True, True, False, False]


@pytest.mark.parametrize(("letter", "chosen"), [("s", "srlinux"), ("e", "eos"), ("f", "frr")])
def test_letters_choose(letter: str, chosen: str) -> None:
    """A letter goes to the next choice that begins with it."""
    asked = SurveyField(
        "device", FieldKind.ENUM, default="frr", required=True, choices=("frr", "eos", "srlinux")
    )
    entry = FieldEntry(asked, None)
    entry.key(letter, letter)
    assert entry.answer == chosen


async def test_many_choices_are_searched() -> None:
    """Where choices do not fit into the row, ctrl+o opens them all to be found by typing."""
    asked = SurveyField("device", FieldKind.ENUM, default=DEVICES[0], choices=DEVICES)
    results: list[object] = []
    app = Canvas()
    async with app.run_test(size=(90, 30)) as pilot:
        card = LaunchCard(LaunchOffer("up", fields=(asked,)), same_as=lambda plain: str(plain))
        await app.push_screen(card, results.append)
        await until_shown(pilot, "ctrl+o all of them")
        await pilot.press("ctrl+o", "3", "7")
        await until_shown(pilot, "1 of 41")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is card)
        await until_shown(pilot, "‹ device-37 ›")
        await pilot.press("ctrl+o", "escape", "enter")
        await until(pilot, lambda: results == [{"device": "device-37"}])


def test_files_complete() -> None:
    """A question that sounds like a file offers the project's, from where it will run."""
    template = a_template(
        directory="/srv/edge-fabric/labs",
        survey=(SurveyField("topology"), SurveyField("site_file"), SurveyField("profile")),
    )
    files = (RepositoryFile("labs/dc1.yml", 1), RepositoryFile("site.yml", 1))
    found = files_for(template, a_project(files=files))
    assert found == {one: ["dc1.yml", "../site.yml"] for one in ("topology", "site_file")}
    form = SurveyForm(template.survey, {}, found)
    form.entries[0].key("d", "d")
    assert form.entries[0].fits == ["dc1.yml"]
    form.entries[0].key("right", None)
    assert form.entries[0].answer == "dc1.yml"
    assert form.entries[2].fits == []
