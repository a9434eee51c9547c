"""How EVE-NG is known.

Source: EVE-NG Community 2.0.3 and 6.2, UNetLab 1.0: `/api/auth` tells strangers, with 401, that
they are not signed in; what is unknown outside of `/api` is answered by the page.
"""

from __future__ import annotations

from typing import Final

from skyforge_tui.integrations.eve.envelope import SIGNED_OUT, read_envelope, said_in
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Service
from skyforge_tui.integrations.http.reply import Reply


def _tells_who(answer: HttpError | Reply) -> bool:
    if isinstance(answer, HttpError):
        said = said_in(answer)
        return said is not None and said.number == SIGNED_OUT
    try:
        return read_envelope(answer).number > 0
    except HttpError:
        return False


EVE: Final = Service("eve", "EVE-NG", "/api/auth", _tells_who, ("/api", "/legacy"))
