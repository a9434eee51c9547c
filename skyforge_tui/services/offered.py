"""What every hand of services holds, the whole one and the smaller ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.services.bus import Bus


class Offered(Protocol):
    """Services, heard and told of."""

    @property
    def bus(self) -> Bus:
        """Where changes are heard."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was found wrong while opening."""
        ...
