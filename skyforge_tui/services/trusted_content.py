"""Which content is trusted, as the catalog remembers it between two looks at the store.

Not a service: the catalog alone holds it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skyforge_tui.domain.errors import Untrusted
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.cache import TrustStore
from skyforge_tui.ports.clock import Clock


class TrustedContent:
    """Remembers trusted (path, content) pairs; other processes add to the same store."""

    def __init__(self, store: TrustStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pairs: frozenset[tuple[str, str]] = frozenset()
        self._paths: frozenset[str] = frozenset()
        self._of_servers: dict[TemplateId, tuple[Template | None, Template]] = {}
        """What servers keep, as it was read, and as trusted."""

    async def recall(self) -> frozenset[str]:
        """Look at the store again; return the paths of which it says something new."""
        before, self._pairs = self._pairs, await self._store.trusted()
        self._paths = frozenset(path for path, _ in self._pairs)
        return frozenset(path for path, _ in before ^ self._pairs)

    def has_changed(self, source: Source) -> bool:
        """Say whether a file held trusted content once, and now holds other."""
        return source.path in self._paths and (source.path, source.sha256) not in self._pairs

    async def trust(self, sources: Sequence[Source], by: str) -> None:
        """Remember that `by` trusts exactly this content."""
        await self._store.trust(sources, by, self._clock.now())
        await self.recall()

    def judged(self, template: Template) -> Template:
        """Return the template with its trust: all it comes from, and it comes from something.

        What a server keeps and runs needs none: nothing of it runs here.
        """
        if template.is_hosted:
            return self._hosted(template)
        pairs = {(one.path, one.sha256) for one in template.sources}
        return replace(template, is_trusted=bool(pairs) and pairs <= self._pairs)

    def _hosted(self, template: Template) -> Template:
        """Return a template of a server as trusted; made once, as there may be thousands."""
        bare, judged = self._of_servers.get(template.id, (None, template))
        if bare is not template:
            judged = replace(template, is_trusted=True)
            self._of_servers[template.id] = (template, judged)
        return judged


def demanded(template: Template) -> Template:
    """Return a template that is trusted.

    Raises:
        Untrusted: it is not.
    """
    if template.is_trusted:
        return template
    path = template.sources[0].path if template.sources else template.directory
    raise Untrusted(
        f"{template.name} is not trusted: {path} was never trusted, or changed since",
        operation="run.start",
        advice=f"read it, then: skyforge trust {path}",
    )
