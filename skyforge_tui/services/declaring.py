"""Where templates are declared: which files, and what these hold now."""

from __future__ import annotations

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.declaring_host import DeclaringHost
from skyforge_tui.ports.project_host import ProjectHost


async def hashed(host: ProjectHost, template: Template) -> tuple[Source, ...]:
    """Return the files that declare a template with the hashes of what they hold now.

    Raises:
        NotFound: a file is gone, or nothing declares it in files.
        Unavailable: a file cannot be read.
    """
    if not isinstance(host, DeclaringHost):
        raise NotFound(f"{template.id} is declared nowhere", advice="list them with templates ls")
    return await host.fingerprint(template)
