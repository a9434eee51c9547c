"""What each Gitea release from 1.15 to 1.27 can do, by meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OLDEST: Final = 15
NEWEST: Final = 27
_PATCH: Final = {15: 11, 24: 6}


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """Gitea 1.`minor`; a property says since when (or until when) clients see something."""

    minor: int

    def __post_init__(self) -> None:
        if not OLDEST <= self.minor <= NEWEST:
            raise ValueError(f"1.{self.minor} is not between 1.{OLDEST} and 1.{NEWEST}")

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `1.24`.

        Raises:
            ValueError: it is no release that can be played.
        """
        major, _, minor = text.partition(".")
        if major != "1" or not minor.isdecimal():
            raise ValueError(f"{text!r} is no version such as 1.24")
        return cls(int(minor))

    def __str__(self) -> str:
        return f"1.{self.minor}.{_PATCH.get(self.minor, 2)}"

    @property
    def has_scopes(self) -> bool:
        """Tokens may do only what their scopes name, and must be made with some."""
        return self.minor >= 20

    @property
    def refuses_archived(self) -> bool:
        """Writing to an archived repository is a 423; before, a 500."""
        return self.minor >= 20

    @property
    def deletes_stale_as_bad(self) -> bool:
        """Deleting a file with a stale sha is a 400; later a 422 as in other writes."""
        return self.minor <= 15

    @property
    def names_required(self) -> str:
        """What is said of a missing sha."""
        return "Required" if self.minor <= 15 else "[SHA]: Required"

    @property
    def puts_without_sha(self) -> bool:
        """PUT without a sha makes a new file."""
        return self.minor >= 26

    @property
    def tells_last_commit(self) -> bool:
        """Contents tell the commit that last changed them."""
        return self.minor >= 17

    @property
    def has_ranges(self) -> bool:
        """A part of a raw file can be asked for."""
        return self.minor >= 17

    @property
    def empty_contents_missing(self) -> bool:
        """The contents of an empty repository are a 404 instead of an empty list."""
        return 17 <= self.minor <= 21

    @property
    def redirects_by_307(self) -> bool:
        """A renamed repository is answered 307; later 301."""
        return self.minor <= 20

    @property
    def speaks_of_otp(self) -> bool:
        """A missing one-time code is named; before, only `Unauthorized` is said."""
        return self.minor >= 22
