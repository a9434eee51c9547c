"""How a pretend Gitea server is; all of it may change while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from skyforge_tui.demo.servers.gitea.versions import Version


@dataclass(slots=True)
class Habits:
    """The knobs of one server."""

    version: Version = field(default_factory=lambda: Version(24))
    sub_path: str = ""
    """`/git` when it is served below one."""
    root_url: str = ""
    """What the server believes its address to be, in links; empty is the true one."""
    max_response_items: int = 50
    """Longer pages are cut to this without a word."""
    default_paging_num: int = 30
    tree_page: int = 1000
    """Entries of a git tree in one answer."""
    max_blob_size: int = 10 * 1024 * 1024
    """Bytes of a file whose content is still told inside of JSON."""
    tells_total: bool = True
    """Whether lists carry X-Total-Count."""
    needs_sign_in: bool = False
    """Whether nothing is shown to strangers."""
    zone_min: int = 60
    """The time zone in which times are told."""
    clock_skew_s: float = 0.0
    requests: int = 0
    """How many requests came so far; may be set to 0 to count anew."""
