"""Where on the web a repository is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.web import web_page


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://git.example.net/net/edge.git", "https://git.example.net/net/edge"),
        ("http://git.example.net:3000/net/edge/", "http://git.example.net:3000/net/edge"),
        ("https://mara:geheim@git.example.net/e.git", "https://git.example.net/e"),
        ("git@git.example.net:net/edge.git", "https://git.example.net/net/edge"),
        ("git.example.net:net/edge", "https://git.example.net/net/edge"),
        ("ssh://git@git.example.net:2222/net/edge.git", "https://git.example.net/net/edge"),
        ("ssh://git@[2001:db8::1]:22/e.git", "https://[2001:db8::1]/e"),
        ("/srv/git/edge.git", ""),
        ("../edge", ""),
        ("file:///srv/git/edge.git", ""),
        ("javascript://alert(1)", ""),
        ("https://git.example.net:port/x", ""),
        ("https://git.example.net", ""),
        ("", ""),
    ],
)
def test_remotes(remote: str, page: str) -> None:
    """Web and SSH addresses have a page; paths, other schemes and bare hosts have none."""
    assert web_page(remote) == page


@given(st.one_of(st.text(), st.text().map(lambda text: f"https://{text}")))
def test_any_remote(remote: str) -> None:
    """Whatever a repository calls its origin, the page is none or one that a browser may open."""
    page = web_page(remote)
    assert not page or page.startswith(("https://", "http://"))
    assert page.isprintable()
    assert not set(page) & set(" \n\r\t")
