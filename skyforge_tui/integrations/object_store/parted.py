"""One object on its way into a bucket in parts: gone on with where the parts are there already.

What an earlier try has brought is not believed: all bytes come by again and are hashed up to the
end of every part, and only a part that ends at the same hash is not sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from skyforge_tui.integrations.object_store.answers import Part
from skyforge_tui.integrations.object_store.cutting import Cut, Cutter
from skyforge_tui.integrations.object_store.journal import Begun, Entry, Sent
from skyforge_tui.integrations.object_store.refusals import LOST, OTHER_BYTES, StoreError
from skyforge_tui.integrations.object_store.uploads import MOST_PARTS, Uploads

PART: Final = 8 << 20
_HELD: Final = 3 * PART
"""Bytes that are held in memory at once, unless one part is larger."""
_MOST_AT_ONCE: Final = 3


def part_bytes_for(size: int, usual: int = PART) -> int:
    """Return the bytes of a part, with which an object of `size` bytes has few enough of them."""
    needed = -(-size // MOST_PARTS)
    return max(usual, -(-needed // (1 << 20)) << 20)


class PartedPut:
    """Sends the parts of one object and notes what has come; `key` is the whole one."""

    def __init__(
        self,
        uploads: Uploads,
        root: str,
        key: str,
        entry: Entry,
        part_bytes: int,
        kept: Callable[[int], None],
        ahead: Callable[[int], None],
    ) -> None:
        """Take the notes; `kept` hears how many bytes were there already.

        `ahead` hears how many more are read than are there.
        """
        self._uploads = uploads
        self._root = root
        self._key = key
        self._entry = entry
        self._part_bytes = part_bytes
        self._kept = kept
        self._ahead = ahead
        self._there: dict[int, Part] = {}
        self._etags: dict[int, str] = {}
        self._id = ""

    async def open(self, first: Cut) -> None:
        """Go on with the upload that is noted, if it begins with the same part, or begin one."""
        begun = self._entry.begun
        if begun is not None and (begun.root, begun.key) == (self._root, self._key):
            is_alike = begun.part_bytes == self._part_bytes and await self._goes_on(begun.id)
            if is_alike and (1 not in self._there or self._known(1, first)):
                return
            await self._uploads.abort(self._key, begun.id)
            self._there.clear()
        self._id = await self._uploads.begin(self._key)
        noted = Begun(self._root, self._key, self._id, self._part_bytes, datetime.now(UTC))
        await asyncio.to_thread(self._entry.begin, noted)

    async def _goes_on(self, upload: str) -> bool:
        try:
            self._there = await self._uploads.parts(self._key, upload)
        except StoreError as error:
            if error.code != "NoSuchUpload":
                raise
            return False
        self._id = upload
        return True

    async def send(self, waiting: list[Cut], cutter: Cutter) -> None:
        """Send what is cut already, which is taken out of `waiting`, and all that comes."""
        places = asyncio.Semaphore(max(1, min(_MOST_AT_ONCE, _HELD // self._part_bytes)))
        try:
            async with asyncio.TaskGroup() as group:
                number = 0
                while True:
                    await places.acquire()
                    cut = waiting.pop(0) if waiting else await self._cut(cutter)
                    if not cut.size:
                        return
                    number += 1
                    if number > MOST_PARTS:
                        raise _too_many()
                    group.create_task(self._bring(number, cut, places))
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]
        if isinstance(first, StoreError) and first.code == OTHER_BYTES:
            await self.abort()
        raise first

    async def complete(self, *, only_new: bool) -> str:
        """Make the object of its parts, and return its etag."""
        try:
            etag = await self._uploads.complete(self._key, self._id, self._etags, only_new=only_new)
        except StoreError as error:
            if error.code in LOST:
                await self.abort()  # whatever is left of it, nobody goes on with that
            raise
        await asyncio.to_thread(self._entry.drop)
        return etag

    async def abort(self) -> None:
        """Let go of what was sent."""
        if self._id:
            await self._uploads.abort(self._key, self._id)
        await asyncio.to_thread(self._entry.drop)

    async def _cut(self, cutter: Cutter) -> Cut:
        return await asyncio.to_thread(cutter.take, self._part_bytes)

    async def _bring(self, number: int, cut: Cut, places: asyncio.Semaphore) -> None:
        self._ahead(cut.size)
        try:
            etag = self._known(number, cut)
            if etag:
                self._kept(cut.size)
            else:
                is_protected = self._uploads.is_protected
                sha256 = "" if is_protected else await asyncio.to_thread(lambda: cut.sha256)
                etag = await self._sent(number, cut, sha256)
                await asyncio.to_thread(self._entry.add, Sent(number, cut.size, etag, cut.sum))
            self._etags[number] = etag
            self._ahead(-cut.size)
        finally:
            places.release()

    async def _sent(self, number: int, cut: Cut, sha256: str) -> str:
        try:
            return await self._uploads.send(self._key, self._id, number, cut.pieces, sha256)
        except StoreError as error:
            if error.code != "NotImplemented" or number not in self._there:
                raise
        # Some take a part once only (rclone 1.75), and the bytes before it have gone by.
        raise StoreError(
            "failed", "what an earlier try has brought is of other bytes",
            "try again: it begins anew", code=OTHER_BYTES,
        )  # fmt: skip

    def _known(self, number: int, cut: Cut) -> str:
        """Return the etag of a part that is there with these bytes; empty when it is not."""
        sent = self._entry.sent.get(number)
        there = self._there.get(number)
        if sent is None or there is None:
            return ""
        is_same = (sent.size, sent.sum) == (cut.size, cut.sum)
        return sent.etag if is_same and there == Part(sent.etag, sent.size) else ""


def _too_many() -> StoreError:
    return StoreError(
        "oversized", f"it has more than {MOST_PARTS:,} parts of {PART >> 20} MiB",
        "store it from a file: then the parts are as large as it takes",
    )  # fmt: skip
