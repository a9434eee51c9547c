"""A host of projects that declare in files what can be launched in them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.project_host import ProjectHost


@runtime_checkable
class DeclaringHost(ProjectHost, Protocol):
    """Also reads again what declares a template, so that only trusted content runs."""

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Read the template's source files again and return them with their present hashes.

        Raises:
            NotFound: a source file is gone.
            Unavailable: a source file cannot be read.
        """
        ...
