"""Makes what an upstream wrote harmless to the terminal it is shown on."""

from __future__ import annotations

import codecs
import re

_SEQUENCE = (
    "\x1b(?:\\[[0-?]*[ -/]*[@-~]"
    "|[\\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\\\)"
    "|[ -/]+[0-~]"
    "|[0-OQ-WYZ\\\\`-~])"
)
_COLOUR = re.compile("\x1b\\[[0-9;:]*m")
_TOKEN = re.compile(
    f"{_SEQUENCE}|\r+\n|\r+"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_BEGUN = re.compile("(?:\r|\x1b(?:\\[[0-?]*[ -/]*|[\\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)?)$")
_LONGEST = 4096
"""What is held back at most, lest a sequence without an end swallows everything."""
PLAIN = "\x1b[0m"


class SafeText:
    """Takes bytes in pieces of any size; colours stay, if wanted, and lines may be rewritten.

    All other sequences for the terminal are dropped, other controls and invisible characters shown.
    """

    def __init__(self, *, keeps_colours: bool) -> None:
        self._keeps_colours = keeps_colours
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._begun = ""
        self._is_coloured = False

    def feed(self, data: bytes) -> str:
        """Take more; return what can be shown of it by now."""
        text = self._begun + self._decoder.decode(data)
        begun = _BEGUN.search(text, max(0, len(text) - _LONGEST))
        end = len(text) if begun is None else begun.start()
        self._begun = text[end:]
        return _TOKEN.sub(self._shown, text[:end])

    def finish(self) -> str:
        """Return what was held back, and leave the terminal in its own colours."""
        text = self._begun + self._decoder.decode(b"", final=True)
        self._begun = ""
        return _TOKEN.sub(self._shown, text) + (PLAIN if self._is_coloured else "")

    def _shown(self, token: re.Match[str]) -> str:
        text = token[0]
        if text[0] == "\r":
            return "\n" if text[-1] == "\n" else "\r\x1b[K"
        if text[0] == "\x1b" and len(text) > 1:
            if not self._keeps_colours or _COLOUR.fullmatch(text) is None:
                return ""
            self._is_coloured = True
            return text
        code = ord(text)
        if code < 0x20:
            return f"^{chr(code + 0x40)}"
        return "^?" if code == 0x7F else f"<U+{code:04X}>"
