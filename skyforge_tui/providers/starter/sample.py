"""The files of the sample project, as they lie in this package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

TOPOLOGY = "lab/topology.yml"


def sample_files(*, with_containers: bool) -> dict[str, bytes]:
    """Return the sample project as paths, relative to its folder, and contents."""
    package = files("skyforge_tui") / "samples"
    found = dict(_walk(package / "lab", ""))
    # By its own name it would be obeyed where it lies, too.
    found[".gitignore"] = found.pop("gitignore")
    name = "containers.yml" if with_containers else "wired.yml"
    found[TOPOLOGY] = (package / "topologies" / name).read_bytes()
    return found


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()
