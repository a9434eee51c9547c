"""The shape of a database over its versions: numbered SQL files, applied all or none."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

_MIGRATIONS = Path(__file__).with_name("migrations")

_SHAPE = """
    SELECT m.type, m.name, coalesce(c.name, '')
    FROM sqlite_master AS m LEFT JOIN pragma_table_info(m.name) AS c
    WHERE m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""


@dataclass(frozen=True, slots=True)
class Schema:
    """A database's migrations: a directory of `NNNN_words.sql`, numbered from 1 without holes."""

    directory: Path
    loss: str
    """What it means to a person when the remembered content is not at hand; one sentence."""

    @property
    def latest(self) -> int:
        """The version these migrations lead to."""
        return len(self._files())

    def migrate(self, connection: sqlite3.Connection, version: int) -> None:
        """Bring a database of `version` to the latest, in one transaction."""
        steps = "".join(file.read_text("utf-8") for file in self._files()[version:])
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{steps}\nPRAGMA user_version = {self.latest};\nCOMMIT;"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.rollback()
            raise

    def disagreement(self, connection: sqlite3.Connection, version: int) -> str:
        """Return why tables and columns are not those of `version`, or nothing."""
        model = sqlite3.connect(":memory:", isolation_level=None)
        try:
            for file in self._files()[:version]:
                model.executescript(file.read_text("utf-8"))
            expected = set(model.execute(_SHAPE))
        finally:
            model.close()
        found = set(connection.execute(_SHAPE))
        if found == expected:
            return ""
        names = sorted({name for _, name, _ in found ^ expected})
        return f"it says version {version}, but its contents disagree: {', '.join(names)}"

    def _files(self) -> list[Path]:
        files = sorted(self.directory.glob("[0-9][0-9][0-9][0-9]_*.sql"))
        for number, file in enumerate(files, start=1):
            if int(file.name[:4]) != number:
                raise ValueError(f"{file}: expected number {number:04}")
        return files


CACHE = Schema(_MIGRATIONS / "cache", loss="It is rebuilt from its sources.")
STATE = Schema(_MIGRATIONS / "state", loss="Trust given before is not known.")
