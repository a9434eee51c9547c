"""What a template's files hold now, to be compared with what was trusted."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, native_of
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.integrations.regular_file import UnreadableFileError
from skyforge_tui.integrations.yaml_shape import MAX_BYTES
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.obeyed import obeyed
from skyforge_tui.providers.repositories.reading import sources_of


def fingerprint(leash: Leash, template: Template) -> tuple[Source, ...]:
    """Return the sources with their present hashes, and those that would be obeyed since.

    Sources that are gone are not among them, except for the declaring one.

    Raises:
        NotFound: the declaring file is gone.
        Unavailable: a file cannot be read.
    """
    root = Path(native_of(template.project_id))
    paths = [Path(source.path) for source in template.sources]
    try:
        declaring = sources_of(paths[:1], root, MAX_BYTES)
        if not declaring:
            raise NotFound(f"{paths[0]} is not there", upstream=LOCAL, operation="run.start")
        leash.check()
        later = [path for path in obeyed(template) if path not in paths]
        leash.check()
        return declaring + sources_of([*paths[1:], *later], root, MAX_BYTES)
    except UnreadableFileError as error:
        what = f"{error.path} {error.reason}"
        raise Unavailable(what, upstream=LOCAL, operation="run.start") from error
