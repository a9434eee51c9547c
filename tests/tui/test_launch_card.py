"""The card before a launch: what is asked, what is missing, and what is trusted."""

from __future__ import annotations

from textual import events

from skyforge_tui.tui.presenters.offers import Untrusted
from tests.tui.drawing import rows_of, segments_of, until
from tests.tui.overlay_bench import Stage, card, inside, show, would_run


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


async def test_untrusted_content_is_shown_before_it_is_trusted() -> None:
    """Files, hashes and command stand there; launching waits until the content is trusted."""
    content = Untrusted((("playbooks/site.yml", "9f3a2b11c0de" * 5),), would_run)
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
