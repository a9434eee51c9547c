"""What lies at one prefix as rows of a table, each with what a query sees of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from skyforge_tui.domain.artifact_vocabulary import artifact_record, folder_record
from skyforge_tui.services.artifact_views import FolderSize, Held
from skyforge_tui.tui.presenters import artifacts as present
from skyforge_tui.tui.presenters.artifact_care import found_words
from skyforge_tui.tui.screens.artifacts.store_view import StoreView
from skyforge_tui.tui.table_filter import Listed
from skyforge_tui.tui.widgets.row_source import Row


def title_words(view: StoreView, here: str, found: str, sizes: Mapping[str, FolderSize]) -> str:
    """Return where one is, and how much is there or was found; `found` is what a filter left."""
    where, words = " › ".join(part for part in here.split("/") if part), [""]
    if (search := view.search) is not None:
        words = [
            found_words(
                search.text, len(search.found), search.among, goes_on=search.goes_on,
                is_cut=search.is_cut,
            )
        ]  # fmt: skip
    elif view.here == here:  # else it is asked for yet, and what is seen is of where one was
        total = present.total_words(view.level, sizes)
        words = [present.more_words(view.level), total, present.gone_words(view.comparison)]
    return "  ".join(filter(None, (where, found, *words)))


def rows_of(
    view: StoreView,
    sizes: Mapping[str, FolderSize],
    now: datetime,
    is_open: Callable[[Held], bool],
    below: str = "",
) -> Iterator[Listed]:
    """Yield the folders, then the objects; `is_open` says whether one may look into a folder.

    What was found is called as seen from `below`, a prefix with its slash.
    """
    compared = view.comparison
    for held in view.level.folders:
        key = held.ref.key
        size, run = sizes.get(key), view.runs.get(key)
        cells = present.folder_cells(key, size, run, now, is_open=is_open(held))
        cells["vs"] = present.vs_cell(compared, key, is_folder=True)
        total, newest = (None, None) if size is None else (size.size, size.newest)
        name = key.rpartition("/")[2]
        seen = folder_record(name, held.ref.store, total, newest, run, now)
        yield Listed(Row(key, cells), seen)
    for one, _ in view.level.artifacts:
        likeness = None if compared is None else compared.of(one.key)
        name = one.name if view.search is None else one.key[len(below) :]
        cells = present.artifact_cells(one, name, now)
        cells["vs"] = present.vs_cell(compared, one.key, is_folder=False)
        yield Listed(Row(one.key, cells), artifact_record(one, likeness, now))


def twig_row(twig: present.Twig, view: StoreView) -> Row:
    """Return a row of the tree."""
    return Row(twig.prefix, present.twig_cells(twig, view.runs.get(twig.prefix)))
