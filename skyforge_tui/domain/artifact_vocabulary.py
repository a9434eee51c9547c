"""What can be asked of artifacts and folders of them, and each as such a question sees it."""

from __future__ import annotations

from datetime import datetime

from skyforge_tui.domain.artifact import Artifact
from skyforge_tui.domain.comparison import Likeness
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.searchable import Field, FieldKind, Record, Vocabulary, record
from skyforge_tui.domain.vocabularies import RUN_WORDS, microseconds_of

ARTIFACTS = Vocabulary(
    "artifacts",
    (
        Field("name", about="its name"),
        Field("type", about="what its name ends in, such as json"),
        Field("size", FieldKind.SIZE, "how large it is"),
        Field("age", FieldKind.AGE, "when it was written"),
        Field("vs", FieldKind.WORD, "beside what it is compared with",
              tuple(str(one) for one in Likeness)),
        Field("run", FieldKind.WORD, "of a run's folder, how the run is",
              tuple(RUN_WORDS.values())),
    ),
    words=("folder", "file"),
)  # fmt: skip


def artifact_record(artifact: Artifact, likeness: Likeness | None, now: datetime) -> Record:
    """Return an artifact as a question sees it."""
    stem, dot, ending = artifact.name.rpartition(".")
    texts = {"name": artifact.name, "type": ending if stem and dot else ""}
    words = {"file"}
    if likeness is not None:
        texts["vs"] = str(likeness)
        words.add(str(likeness))
    numbers = {"size": artifact.size, "age": microseconds_of(now - artifact.modified_at)}
    return record(texts, numbers, frozenset(words), artifact.store)


def folder_record(
    name: str,
    store: str,
    size: int | None,
    newest: datetime | None,
    run: Run | None,
    now: datetime,
) -> Record:
    """Return a folder as a question sees it; `run` is the one whose folder it is."""
    words = {"folder"} if run is None else {"folder", RUN_WORDS[run.state]}
    numbers = {"size": size, "age": None if newest is None else microseconds_of(now - newest)}
    return record({"name": name}, numbers, frozenset(words), store)
