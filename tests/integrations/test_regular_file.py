"""Reading files that strangers put there."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start


def test_a_file_within_the_bound_is_read_whole(tmp_path: Path) -> None:
    """All bytes up to and including the bound."""
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    start = read_start(path, tmp_path, 100)
    assert (len(start.data), start.size, start.is_whole) == (100, 100, True)


def test_a_longer_file_is_read_as_far_as_asked(tmp_path: Path) -> None:
    """Two hundred sparse megabytes cost as much as their head."""
    path = tmp_path / "a"
    path.write_bytes(b"head")
    os.truncate(path, 200 << 20)
    start = read_start(path, tmp_path, 1 << 20, head_bytes=4)
    assert (start.data, start.size, start.is_whole) == (b"head", 200 << 20, False)


def test_an_empty_file_is_whole(tmp_path: Path) -> None:
    """Nothing is all of nothing."""
    (tmp_path / "a").touch()
    assert read_start(tmp_path / "a", tmp_path, 10).is_whole


def test_a_pipe_is_turned_down_without_waiting(tmp_path: Path) -> None:
    """Nobody has to write into it first."""
    os.mkfifo(tmp_path / "site.yml")
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        read_start(tmp_path / "site.yml", tmp_path, 10)


def test_folders_and_sockets_are_turned_down(tmp_path: Path) -> None:
    """Only regular files are files."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFileError):
        read_start(tmp_path / "folder", tmp_path, 10)
    before = Path.cwd()
    os.chdir(tmp_path)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("s")
    finally:
        os.chdir(before)
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        read_start(tmp_path / "s", tmp_path, 10)


def test_a_link_inside_is_followed_and_one_outside_is_not(tmp_path: Path) -> None:
    """A project may link to itself, never to somebody's keys."""
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / "real").write_text("mine")
    (tmp_path / "secret").write_text("theirs")
    (inside / "in").symlink_to("real")
    (inside / "out").symlink_to("../secret")
    assert read_start(inside / "in", inside, 10).data == b"mine"
    with pytest.raises(UnreadableFileError, match="outside"):
        read_start(inside / "out", inside, 10)


def test_links_to_nothing_and_to_themselves_are_told_apart(tmp_path: Path) -> None:
    """A dangling link is gone; a loop is a mistake."""
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UnreadableFileError) as caught:
        read_start(tmp_path / "dangling", tmp_path, 10)
    assert caught.value.is_gone
    with pytest.raises(UnreadableFileError, match="leads to itself") as caught:
        read_start(tmp_path / "loop", tmp_path, 10)
    assert not caught.value.is_gone


def test_what_is_not_there_is_gone(tmp_path: Path) -> None:
    """Missing files, and files below files, are gone."""
    (tmp_path / "a").touch()
    for name in ("b", "a/b"):
        with pytest.raises(UnreadableFileError) as caught:
            read_start(tmp_path / name, tmp_path, 10)
        assert caught.value.is_gone


def test_a_refusal_of_the_system_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may not be read says so."""
    (tmp_path / "a").touch()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnreadableFileError, match="permission denied"):
        read_start(tmp_path / "a", tmp_path, 10)
