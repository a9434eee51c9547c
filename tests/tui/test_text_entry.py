"""The line one types into."""

from __future__ import annotations

from skyforge_tui.tui.widgets.text_entry import TextEntry


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
