"""`skyforge artifacts get -r`: all that lies below a prefix, into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, perform
from skyforge_tui.cli.artifact_care import meant
from skyforge_tui.cli.artifact_each import each
from skyforge_tui.cli.carrying import carried
from skyforge_tui.cli.collecting import catch_up
from skyforge_tui.domain.artifact import checked_prefix
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.domain.artifact import Artifact
    from skyforge_tui.services.contract import Services


def get_all(
    ctx: click.Context, key: str, folder: Path, overwrite: bool, store: str | None, as_json: bool
) -> None:
    """Bring everything, one after the other; what is there already stays."""
    is_folder = folder.is_dir()

    async def work(services: Services, principal: Principal) -> int:
        if not is_folder:  # said once, and not for each that is brought
            words, advice = f"there is no folder {folder}", "make it, or name another with -o"
            raise NotFound(words, operation="artifact.save", advice=advice)
        ref = await meant(services, principal, store, checked_prefix(key))
        await catch_up(services, principal)

        async def get(artifact: Artifact) -> None:
            begun = await services.artifact_folders.get_one(
                principal, artifact.ref, ref.key, folder, overwrite=overwrite
            )
            await carried(services, principal, begun)

        outcome = await each(services, principal, ref, get)
        where = folder / ref.key.rpartition("/")[2]
        answer(
            {"source": str(ref), "folder": str(where), **outcome.plain},
            as_json=as_json,
            table=lambda: [f"{outcome.words('brought')}; in {where}"],
        )
        return outcome.exit_code

    perform(ctx, work)
