"""JSON that stands on one line, laid out on many: not a character of it is another one. Pure."""

from __future__ import annotations

import json
import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def laid_out(text: str, width: int) -> list[str] | None:
    """Return the lines of JSON whose only line is wider than `width`; None of all else."""
    if "\n" in text.strip() or len(text) <= width or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    rows, depth = [""], 0
    tokens = _TOKEN.findall(text)
    for at, token in enumerate(tokens):
        is_empty = at > 0 and tokens[at - 1] in ("{", "[")
        if token in ("}", "]"):
            depth -= 1
            if not is_empty:
                rows.append("  " * depth)
        elif is_empty:
            rows.append("  " * depth)
        rows[-1] += f"{token} " if token == ":" else token
        if token in ("{", "["):
            depth += 1
        elif token == ",":
            rows.append("  " * depth)
    return rows
