"""Puts many keys into the index of a bucket of Ceph, which is all that a list of it looks at.

    /usr/bin/python3 ceph_index.py CONF BUCKET_ID KEY COUNT

Objects through the door come by the hundred a second; into the index, by the ten thousand. What the
index holds of KEY, an object that is there, is written again under COUNT other keys, as long as it
and counted up. It is a program of its own because Debian's `rados` is of the system's Python.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

AT_ONCE = 5000
POOL = "default.rgw.buckets.index"


def shards_of(index: Any, bucket: str) -> list[str]:
    """Return the names of the objects that hold the index of a bucket."""
    return sorted(one.key for one in index.list_objects() if one.key.startswith(f".dir.{bucket}"))


def entry_of(rados: Any, index: Any, shards: list[str], key: str) -> bytes:
    """Return what the index holds of a key."""
    for shard in shards:
        with rados.ReadOpCtx() as asking:
            found, _ = index.get_omap_vals_by_keys(asking, (key,))
            index.operate_read_op(asking, shard)
            for _, value in found:
                return bytes(value)
    raise SystemExit(f"{key} is not in the index")


def names(key: str, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many keys that are as long as `key`, which ends with digits."""
    stem = key.rstrip("0123456789")
    width = len(key) - len(stem)
    for number in range(count):
        name = f"{stem}{number:0{width}d}"
        yield name, name.encode()


def main(conf: str, bucket: str, key: str, count: int) -> None:
    """Write the keys, shard by shard."""
    import rados  # type: ignore[import-not-found]

    with (
        rados.Rados(conffile=conf, rados_id="rgw") as cluster,
        cluster.open_ioctx(POOL) as index,
    ):
        shards = shards_of(index, bucket)
        entry, known = entry_of(rados, index, shards, key), key.encode()
        every = list(names(key, count))
        for number, shard in enumerate(shards):
            mine = every[number :: len(shards)]
            for at in range(0, len(mine), AT_ONCE):
                part = mine[at : at + AT_ONCE]
                values = tuple(entry.replace(known, name) for _, name in part)
                with rados.WriteOpCtx() as writing:
                    index.set_omap(writing, tuple(name for name, _ in part), values)
                    index.operate_write_op(writing, shard)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
