"""Where on the web a repository is, as far as its address says so."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_BY_SSH = re.compile(r"(?:[\w.-]+@)?(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+):(?!/)(?P<path>[^\s]+)")
"""`git@host:path`, as only git writes it."""


def web_page(remote: str) -> str:
    """Return the page of a repository's remote; empty for one that is not on the web.

    Names and passwords in the address are left out; of SSH addresses host and path are the same.
    """
    scheme, sep, _ = remote.partition("://")
    if not sep:
        match = _BY_SSH.fullmatch(remote)
        return "" if match is None else _page("https", match["host"], match["path"])
    try:
        parts = urlsplit(remote)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    match scheme.lower():
        case "http" | "https":
            netloc = host if port is None else f"{host}:{port}"
            return _page(scheme.lower(), netloc, parts.path)
        case "ssh" | "git+ssh" | "ssh+git":
            return _page("https", host, parts.path)
    return ""


def _page(scheme: str, netloc: str, path: str) -> str:
    kept = path.strip("/").removesuffix(".git")
    is_plain = kept.isprintable() and " " not in kept
    return f"{scheme}://{netloc}/{kept}" if netloc and kept and is_plain else ""
