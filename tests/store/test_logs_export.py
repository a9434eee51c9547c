"""What is saved of an output is what the process wrote, byte by byte, or nothing."""

from __future__ import annotations

import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.logs import FileLogStore, LogWriter


def _written(state: Path, chunks: list[bytes]) -> FileLogStore:
    directory = state / "runs" / "1"
    directory.mkdir(parents=True)
    writer = LogWriter(directory)
    for chunk in chunks:
        writer.append(chunk, 1)
    writer.close()
    return FileLogStore(state)


@given(st.lists(st.binary(max_size=2000) | st.just(b"\x00\xff\r\n") | st.just(b"x" * 70_000)))
@settings(max_examples=50, deadline=None)
def test_the_same_bytes_come_out(chunks: list[bytes]) -> None:
    """Any bytes in any pieces are saved as they were written."""
    with TemporaryDirectory() as name:
        state = Path(name)
        store = _written(state, chunks)
        assert store.export("1", str(state / "saved")) == sum(map(len, chunks))
        assert (state / "saved").read_bytes() == b"".join(chunks)


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    """What cannot be saved to its end is not there under the name of the whole."""
    store = _written(tmp_path, [b"x" * 3_000_000])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            store.export("1", str(tmp_path / "saved"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "saved").exists()
    assert store.export("1", str(tmp_path / "saved")) == 3_000_000
