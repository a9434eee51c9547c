"""Transfers are remembered as they are, held by one program at a time, and forgotten whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.store.transfers import FileTransferBook
from tests.builders import NOON

ONE = Transfer("a1", TransferKind.GET, "lab:a/b", "/tmp/b", TransferState.WAITING, NOON,
               done=3, total=9, overwrite=True, is_resumed=True)  # fmt: skip


async def test_round(tmp_path: Path) -> None:
    """What was written is read by the next program; what cannot be read is left out."""
    book = FileTransferBook(tmp_path)
    assert await book.read() == []
    ended = replace(ONE, id="a2", state=TransferState.FAILED, ended_at=NOON, error="x", advice="y")
    await book.write(ONE)
    await book.write(ended)
    assert sorted(await FileTransferBook(tmp_path).read(), key=lambda one: one.id) == [ONE, ended]
    (tmp_path / "transfers/a3.json").write_text("{broken")
    text = (tmp_path / "transfers/a2.json").read_text().replace('"get"', '"teleport"')
    (tmp_path / "transfers/a2.json").write_text(text)
    found = {one.id: one.kind for one in await book.read()}
    assert found == {"a1": TransferKind.GET, "a2": TransferKind.UNKNOWN}


async def test_one_holds_it(tmp_path: Path) -> None:
    """One program at a time holds a transfer; one that is forgotten is nobody's."""
    book, other = FileTransferBook(tmp_path), FileTransferBook(tmp_path)
    await book.write(ONE)
    async with book.hold("a1") as is_ours:
        assert is_ours
        async with other.hold("a1") as is_theirs:
            assert not is_theirs
    async with other.hold("a1") as is_theirs:
        assert is_theirs
        await other.remove("a1")
    async with book.hold("a1") as is_ours:
        assert not is_ours
    assert list((tmp_path / "transfers").iterdir()) == []
