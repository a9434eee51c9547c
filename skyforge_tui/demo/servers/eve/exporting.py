"""Labs as an archive, as a browser downloads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from skyforge_tui.demo.servers.eve.things import Lab

_YEAR_ONE = (1980, 1, 1, 0, 0, 0)


def export_of(labs: Iterable[Lab]) -> bytes:
    """Return a ZIP file that holds each lab as its XML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for lab in labs:
            nodes = "".join(
                f'<node id="{node.id}" name={quoteattr(node.name)} type="{node.type}"/>'
                for node in lab.nodes.values()
            )
            text = (
                f'<?xml version="1.0" encoding="UTF-8"?><lab name={quoteattr(lab.name)} '
                f'id="{lab.id}"><topology><nodes>{nodes}</nodes></topology></lab>'
            )
            archive.writestr(zipfile.ZipInfo(lab.path.lstrip("/"), _YEAR_ONE), text)
    return buffer.getvalue()
