"""Puts the first files on this machine: all of them or none, and never over another."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Conflict, Invalid, Unavailable
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.template import Source
from skyforge_tui.integrations import git
from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.providers.starter.sample import sample_files

if TYPE_CHECKING:
    from collections.abc import Iterator

ConfigText = Callable[[Sequence[Path]], str]
"""Makes the text of a configuration whose workspace has these roots."""
_FIRST_COMMIT = "Begin with the sample lab"


class LocalStarter:
    """Writes to this machine's disk; implements `Starter`."""

    def __init__(self, config_path: Path, config_text: ConfigText) -> None:
        self._config_path = config_path
        self._config_text = config_text

    async def has_config(self) -> bool:
        """Say whether there is something at the configuration's path."""
        return await aside(lambda: os.path.lexists(self._config_path))

    async def write_config(self, roots: Sequence[Path] = ()) -> Path:
        """Write the commented configuration and return where.

        Raises:
            Invalid: a root is not the absolute path of a folder.
            Conflict: there is one already.
            Unavailable: it cannot be written.
        """
        return await aside(lambda: self._write_config(roots))

    async def write_sample(self, folder: Path, *, with_containers: bool) -> tuple[Source, ...]:
        """Write the sample project to a new or empty folder; see `Starter`.

        Raises:
            Conflict: there is something at `folder` already.
            Unavailable: it cannot be written.
        """
        contents = sample_files(with_containers=with_containers)
        target, draft = await aside(lambda: _drafted(folder, contents))
        try:
            if not await _is_in_work_tree(target.parent):
                await _begin_repository(draft)
            await aside(lambda: _moved(draft, target))
        finally:
            await aside(lambda: shutil.rmtree(draft, ignore_errors=True))
        return tuple(
            Source(str(target / name), hashlib.sha256(data).hexdigest())
            for name, data in contents.items()
        )

    def _write_config(self, roots: Sequence[Path]) -> Path:
        for root in roots:
            if not root.is_absolute() or not root.is_dir() or not str(root).isprintable():
                raise Invalid(
                    f"{root} is not a folder that can be named in a configuration",
                    operation="welcome.folder",
                    advice="write the path of a folder that is there",
                )
        path = self._config_path
        with _said(path, "config.write", "edit it: what it says holds"):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(self._config_text(roots))
            except OSError:
                path.unlink()  # half a configuration would be obeyed
                raise
        return path


def _drafted(folder: Path, contents: dict[str, bytes]) -> tuple[Path, Path]:
    """Write the files beside where they will be; return that place, resolved, and theirs."""
    with _said(folder, "project.create"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        target = folder.parent.resolve() / folder.name
        if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
            raise FileExistsError(errno.EEXIST, "is there already", str(target))
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=target.parent))
        try:
            draft.chmod(0o755)
            for name, data in contents.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return target, draft


def _moved(draft: Path, target: Path) -> None:
    with _said(target, "project.create"):
        draft.rename(target)  # an empty folder gives way; one that was filled meanwhile does not


async def _is_in_work_tree(folder: Path) -> bool:
    try:
        return isinstance(await git.look(folder), git.WorkTree)
    except TransportError:
        return True  # it cannot be known: better a folder than a repository within another


async def _begin_repository(folder: Path) -> None:
    try:
        await git.begin(folder, _FIRST_COMMIT)
    except TransportError as error:
        if error.kind == "missing":
            return  # without git the project is a folder, which does as well
        raise Unavailable(
            f"git cannot make a repository: {error}", upstream=LOCAL, operation="project.create",
            advice="see what git init says there",
        ) from error  # fmt: skip


@contextmanager
def _said(
    path: Path, operation: str, advice: str = "move it away, or name another place"
) -> Iterator[None]:
    """Translate what the disk says about `path`; `advice` is for when it is there already."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY) and os.path.lexists(path):
            raise Conflict(
                f"{path} is there already", operation=operation, advice=advice
            ) from error  # fmt: skip
        reason = (error.strerror or str(error)).lower()
        raise Unavailable(
            f"{path} cannot be written ({reason})", upstream=LOCAL, operation=operation,
            advice="choose a place where you may write",
        ) from error  # fmt: skip
