"""Something done to every artifact below a prefix, one after the other; what fails is listed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skyforge_tui.cli.answers import narrate
from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.domain.artifact import Artifact, ArtifactRef
    from skyforge_tui.services.contract import Services


@dataclass(slots=True)
class Outcome:
    """How it went, by key."""

    done: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """What was there already and stays."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why not."""
    left: int = 0
    """How many were not tried any more, because one side does not answer."""

    @property
    def plain(self) -> dict[str, object]:
        """Everything, for JSON."""
        return {"done": self.done, "kept": self.kept, "failed": self.failed, "left": self.left}

    @property
    def exit_code(self) -> int:
        """The exit code: 3 where it broke off, 1 where something failed."""
        return 3 if self.left else int(bool(self.failed))

    def words(self, verb: str) -> str:
        """Return it in a few words."""
        parts = [f"{verb} {len(self.done):,}"]
        if self.kept or not (self.failed or self.left):
            parts.append(f"{len(self.kept):,} were there already")
        if self.failed:
            parts.append(f"{len(self.failed):,} failed")
        if self.left:
            parts.append(f"{self.left:,} not tried")
        return ", ".join(parts)


async def each(
    services: Services,
    principal: Principal,
    ref: ArtifactRef,
    do: Callable[[Artifact], Awaitable[None]],
) -> Outcome:
    """Do something to every artifact below a prefix; where a side does not answer, that ends it.

    Raises:
        NotFound: nothing lies there.
    """
    outcome = Outcome()
    is_broken = False
    async for artifact in await services.artifact_care.below(principal, ref):
        if is_broken:
            outcome.left += 1
            continue
        try:
            await do(artifact)
            outcome.done.append(artifact.key)
        except Conflict:
            outcome.kept.append(artifact.key)
        except SkyforgeError as error:
            outcome.failed[artifact.key] = str(error)
            narrate(f"skyforge: {artifact.ref}: {error}")
            is_broken = isinstance(error, Unavailable)
    if not (outcome.done or outcome.kept or outcome.failed):
        raise NotFound(f"nothing lies below {ref}", advice="list what is: artifacts ls")
    return outcome
