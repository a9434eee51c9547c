"""How bad a line of output is, judged by how it begins: Ansible's words and those of most tools."""

from __future__ import annotations

import re
from typing import Literal

Severity = Literal["", "warn", "bad"]

LOOKED_AT = 256
"""Characters at the start of a line that decide what it is."""

BAD = (
    r"fatal: |failed: \[|ERROR! |\[ERROR\]|Traceback \(most|make(?:\[\d+\])?: \*\*\* "
    r"|(?:[\w./-]++: )?(?:error|ERROR|Error): |(?:ERROR|ERRO|FATAL|FATA|CRITICAL)(?:\[\d+\])?[ :]"
)
"""How lines begin that tell of a failure: Ansible, make, Terraform, containerlab, Python."""

WARN = (
    r"\[(?:DEPRECATION )?WARNING\]|FAILED - RETRYING|(?:[\w./-]++: )?(?:warning|WARNING|Warning): "
    r"|(?:WARNING|WARN)(?:\[\d+\])?[ :]"
)
"""How lines begin that warn."""

CLOCK = r"(?:\d[\d:.,/TZ+-]*+ )"
"""A date or a time of day that a tool puts before its words."""

_FRONT = rf"(?:\s|│|{CLOCK})*+"
_BAD = re.compile(f"{_FRONT}(?:{BAD})")
_WARN = re.compile(f"{_FRONT}(?:{WARN})")


def severity_of(text: str) -> Severity:
    """Return how bad the line is that begins with `text`, free of escape sequences."""
    if _BAD.match(text):
        return "bad"
    return "warn" if _WARN.match(text) else ""
