"""A text goes through the person's editor, and is never lost on the way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.integrations.editor import editor_of
from skyforge_tui.providers.machine.editor import LocalEditor


@pytest.fixture
def editor(tmp_path: Path) -> LocalEditor:
    """Return an editor with drafts of its own."""
    return LocalEditor(tmp_path / "drafts")


def test_a_text_comes_back_as_it_was_left(
    editor: LocalEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VISUAL outranks EDITOR and may have arguments; the file keeps its ending and is private."""
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "sh -c 'echo more >> \"$1\"' sh")
    draft = editor.edit("lab/ü\n.yml", b"x: 1\n")
    path = Path(draft.path)
    assert draft.data == b"x: 1\nmore\n"
    assert path.name.endswith("lab_ü_.yml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    editor.discard(draft)
    assert not path.exists()
    editor.discard(draft)


@pytest.mark.parametrize("said", ["false", "no-such-editor-here", "vi 'unended"])
def test_what_fails_leaves_the_text(
    editor: LocalEditor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    """An editor that fails, or is none, is told with where the text is."""
    monkeypatch.setenv("EDITOR", said)
    with pytest.raises(Invalid) as caught:
        editor.edit("a.txt", b"text")
    (kept,) = (tmp_path / "drafts").iterdir()
    assert str(kept) in caught.value.advice
    assert kept.read_bytes() == b"text"


def test_without_a_word_it_is_vi() -> None:
    """Where nothing is said, or nothing but blanks, vi is used."""
    assert editor_of({}) == editor_of({"EDITOR": " "}) == ["vi"]
