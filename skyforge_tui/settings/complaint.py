"""What is wrong with the configuration, said so that a person can act on it."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.notice import Notice, Severity


@dataclass(frozen=True, slots=True)
class Complaint:
    """One mistake: where it stands, what it is, and what was probably meant. Holds no value."""

    where: str
    """`FILE:LINE`, a file, or `environment variable NAME`."""
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        meant = f" (did you mean {self.suggestion}?)" if self.suggestion else ""
        return f"{self.where}: {self.message}{meant}"

    def as_notice(self) -> Notice:
        """Return it as a notice."""
        advice = f"Did you mean {self.suggestion}?" if self.suggestion else ""
        return Notice(Severity.ERROR, self.message, where=self.where, advice=advice)


class SettingsError(Exception):
    """Hold every complaint about the configuration, one a line."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints
