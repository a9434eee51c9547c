"""Which program shows a page, and that it is started apart from the terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skyforge_tui.integrations.browser import open_page, opener

ALL = "/usr/bin/{}".format


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", ()),
        ({"DISPLAY": ":0"}, "linux", ("xdg-open",)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ("xdg-open",)),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", ("wslview",)),
        ({}, "darwin", ("open",)),
        ({"BROWSER": "lynx:firefox --new-tab %s"}, "linux", ("firefox", "--new-tab", "%s")),
        ({"BROWSER": "/usr/bin/w3m"}, "linux", ()),
        ({"BROWSER": "'torn"}, "linux", ()),
    ],
)
def test_openers(environ: dict[str, str], platform: str, expected: tuple[str, ...]) -> None:
    """The person's own choice comes first; one that draws in the terminal is no choice."""
    assert opener(environ, platform, ALL) == expected


def test_what_is_not_installed_is_not_chosen() -> None:
    """A program that is not there is passed over."""
    assert opener({"BROWSER": "firefox", "DISPLAY": ":0"}, "linux", lambda _: None) == ()


def a_browser(folder: Path, script: str) -> dict[str, str]:
    """Return an environment whose browser is a script."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return dict(os.environ) | {"BROWSER": str(path)}


async def test_the_page_is_its_last_word(tmp_path: Path) -> None:
    """The program is given the page as one word, whatever a shell would make of it."""
    environ = a_browser(tmp_path, f'printf %s "$#:$1" > {tmp_path}/seen')
    assert await open_page("https://x.example/a?b=$(id)&c", environ)
    assert (tmp_path / "seen").read_text() == "1:https://x.example/a?b=$(id)&c"


async def test_a_browser_that_fails_is_said(tmp_path: Path) -> None:
    """A program that ends with an error showed nothing."""
    assert not await open_page("https://x.example/", a_browser(tmp_path, "exit 3"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "--help", ""])
async def test_only_web_pages(tmp_path: Path, url: str) -> None:
    """Nothing but a web page is handed to a browser."""
    environ = a_browser(tmp_path, f"touch {tmp_path}/seen")
    assert not await open_page(url, environ)
    assert not (tmp_path / "seen").exists()
