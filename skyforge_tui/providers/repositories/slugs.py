"""Short names for folders: the folder's own name, with its parent's where two are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path


def unique_slugs(paths: Collection[Path]) -> dict[Path, str]:
    """Return a slug for each path, no two alike; the same paths always get the same slugs."""
    parts = {
        path: [_typeable(part) for part in path.parts if part != path.anchor] or ["root"]
        for path in paths
    }
    length = dict.fromkeys(sorted(parts), 1)
    while True:
        slugs = {path: "-".join(parts[path][-count:]) for path, count in length.items()}
        counts = Counter(slugs.values())
        alike = [path for path, slug in slugs.items() if counts[slug] > 1]
        longer = [path for path in alike if length[path] < len(parts[path])]
        if not longer:
            break
        for path in longer:
            length[path] += 1
    for number, path in enumerate(alike, start=1):  # `a-b/c` beside `a/b-c`
        slugs[path] += f"-{number}"
    return slugs


def _typeable(name: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in name)
