"""Recognising playbooks by reading."""

from __future__ import annotations

import pytest

from skyforge_tui.integrations.ansible.playbook import (
    PlaybookError,
    Prompt,
    begins_as_playbook,
    read_playbook,
)


def _read(text: str) -> object:
    return read_playbook(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "- hosts: all\n",
        "---\n- name: x\n  gather_facts: no\n  hosts: all\n",
        "- import_playbook: other.yml\n",
        "- ansible.builtin.import_playbook: other.yml\n",
        '[{"hosts": "all", "tasks": []}]',
        "- {'hosts': all}\n",
        "- ? hosts\n  : all\n",
        "- hosts: &h all\n- hosts: *h\n",
        "# comment\n- hosts : all\n",
    ],
)
def test_a_sequence_of_plays_is_a_playbook(text: str) -> None:
    """Whatever the style, a list of mappings that name hosts or import playbooks is one."""
    assert _read(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hosts: all\n",
        "all:\n  hosts:\n    r1:\n",
        "- name: a task\n  debug:\n    msg: x\n",
        "- name: a task\n  debug:\n    hosts: x\n",
        "- just\n- text with hosts: inside\n",
        "- - hosts: all\n",
        "just text, hosts: none",
        "{{ jinja }}\nhosts: {% if x %}\n",
        "&a [*a]\n# hosts:",
    ],
)
def test_other_files_are_no_playbooks(text: str) -> None:
    """Task lists, inventories, variables and templates of something else are passed over."""
    assert _read(text) is None


def test_the_first_name_and_all_plays_are_told() -> None:
    """A playbook is described by the first play that has a name; tags are gathered."""
    found = read_playbook(
        b"- hosts: a\n- hosts: b\n  name: Second\n  tags: [x, y]\n"
        b"  tasks:\n    - debug:\n      tags: z,x\n- hosts: c\n  name: Third\n"
    )
    assert found is not None
    assert (found.name, found.plays, found.tags) == ("Second", 3, ("x", "y", "z"))


def test_questions_are_read() -> None:
    """Prompts are private unless said otherwise, as Ansible has it; each name is asked once."""
    found = read_playbook(
        b"- hosts: all\n  vars_prompt:\n"
        b"    - name: user\n      prompt: Who?\n      private: no\n      default: ada\n"
        b"    - {name: password}\n"
        b"    - {name: count, private: 'False', default: 5}\n"
        b"    - {name: nothing, private: false, default: ~}\n"
        b"- hosts: all\n  vars_prompt: [{name: user, default: other}]\n"
    )
    assert found is not None
    assert found.prompts == (
        Prompt("user", "Who?", "ada", is_private=False),
        Prompt("password"),
        Prompt("count", default="5", is_private=False),
        Prompt("nothing", is_private=False),
    )
    assert not found.asks_itself


@pytest.mark.parametrize(
    "entry",
    [
        "{name: hash, encrypt: sha512_crypt}",
        "{name: x, default: '{{ other }}'}",
        "{name: '{{ computed }}'}",
        "{prompt: nameless}",
        "{name: x, default: [1]}",
        "*anchor",
    ],
)
def test_what_only_ansible_can_ask_is_left_to_ansible(entry: str) -> None:
    """An answer that Ansible hashes or computes cannot be given beforehand."""
    found = read_playbook(
        f"- hosts: all\n  vars: &anchor {{}}\n  vars_prompt:\n    - {entry}\n".encode()
    )
    assert found is not None
    assert found.asks_itself
    assert found.prompts == ()


def test_byte_order_mark_and_crlf_change_nothing() -> None:
    """Files from other systems are read alike."""
    found = read_playbook(b"\xef\xbb\xbf---\r\n- hosts: all\r\n  name: Windows\r\n")
    assert found is not None
    assert found.name == "Windows"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"- hosts: all\n  tasks: [\n", 3, "YAML"),
        (b"- hosts: all\n  name: \xff\xfe\n", 2, "UTF-8"),
        (b"- hosts: all\n  name: a\x00b\n", 2, "control character"),
        (b"- hosts: all\n- debug: x\n", 2, "names no hosts"),
        (b"- hosts: all\n- text\n", 2, "names no hosts"),
        (b"- hosts: all\n  x: " + b"[" * 500_000, 2, "levels deep"),
        (b"- hosts: all\n  x: " + b"{a: " * 200_000, 2, "levels deep"),
        (b"- hosts: all\n  x: [" + b"a," * 400_000 + b"]", 2, "nodes"),
        (
            b"- hosts: all\n  vars_prompt:\n"
            + b"".join(b"  - name: n%d\n" % n for n in range(200)),
            103,
            "questions",
        ),
    ],
)
def test_a_broken_playbook_is_told_with_its_line(text: bytes, line: int, words: str) -> None:
    """What begins as a playbook and breaks is said, not passed over."""
    with pytest.raises(PlaybookError, match=words) as caught:
        read_playbook(text)
    assert caught.value.line == line


def test_aliases_cost_what_they_are_written_in() -> None:
    """Sixty levels of doubling aliases are read as sixty short lines."""
    lines = ["- hosts: all", "  vars:", "    a0: &a0 [x, x]"]
    lines += [f"    a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    found = read_playbook("\n".join(lines).encode())
    assert found is not None
    assert found.plays == 1


def test_a_tag_constructs_nothing() -> None:
    """A tag that names code is a word like any other."""
    found = read_playbook(
        b"- hosts: all\n  vars: !!python/object/apply:os._exit [3]\n  name: !vault |\n    abc\n"
    )
    assert found is not None


def test_the_beginning_of_a_long_file_tells_what_it_would_be() -> None:
    """A head cut anywhere, even within a character or before zeros, is still recognised."""
    assert begins_as_playbook("- hosts: all\n  name: 'größ".encode()[:-1])
    assert begins_as_playbook(b"- hosts: all\n" + b"\0" * 1000)
    assert not begins_as_playbook(b"key: value\n" * 100 + b"hosts: [")
