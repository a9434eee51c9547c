"""Reading what Terraform configurations are made of."""

from __future__ import annotations

import pytest

from skyforge_tui.integrations.terraform.configuration import Configuration, read_configuration


def _read(text: str) -> Configuration:
    return read_configuration(text.encode())


def test_top_level_blocks_are_told() -> None:
    """Only the types of outer blocks count."""
    found = _read(
        'resource "a" "b" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}\n'
        'output "o" { value = { module = 1 } }\nlocals { data = {} }\n'
    )
    assert found == Configuration(frozenset({"resource", "output", "locals"}))
    assert found.does_something
    assert not _read('variable "x" {}\noutput "y" {\n  value = 1\n}\n').does_something


@pytest.mark.parametrize(
    "block", ['backend "s3" {\n  key = "x"\n}', 'cloud {\n  organization = "x"\n}']
)
def test_where_state_is_kept_is_told(block: str) -> None:
    """A backend or a cloud in the settings is one; the word elsewhere is not."""
    assert _read('terraform {\n  required_version = ">= 1"\n' + block + "\n}\n").has_backend
    assert not _read('resource "x" "y" {\n' + block + "\n}\n").has_backend


def test_local_modules_are_told() -> None:
    """A source that begins with a dot is a folder; from elsewhere it is not ours to read."""
    found = _read(
        'module "a" {\n  source = "./modules/a"\n  x = "y"\n}\n'
        'module "b" {\n  source   =   "../b"\n}\n'
        'module "c" {\n  source = "hashicorp/consul/aws"\n'
        '  inner = {\n    source = "./no"\n  }\n}\n'
        'resource "r" "s" {\n  source = "./file"\n}\n'
    )
    assert found.local_modules == ("./modules/a", "../b")


@pytest.mark.parametrize(
    "text",
    [
        '# module "x" {\n#   source = "./x"\n# }\n',
        '// module "x" { source = "./x" }\n',
        '/* module "x" {\n  source = "./x"\n} */\n',
        'locals {\n  t = <<EOT\nmodule "x" {\n  source = "./x"\n}\nEOT\n}\n',
        'locals {\n  t = <<-EOT\n    module "x" {\n    }\n    EOT\n}\n',
        'locals { t = "module \\"x\\" { ${jsonencode({ a = "}" })}" }\n',
    ],
)
def test_comments_and_texts_declare_nothing(text: str) -> None:
    """What only looks like a block is none."""
    found = _read(text)
    assert found.local_modules == ()
    assert found.blocks <= {"locals"}


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"}}}}{",
        b'"' * 1000,
        b"/*" * 100_000,
        b"<<" + b"a" * 1_000_000,
        b'"' + b'a\\"' * 300_000,
        b"<<A\n" * 200_000,
        b"{" * 1_000_000,
    ],
)
def test_what_is_no_configuration_declares_nothing(data: bytes) -> None:
    """Any bytes are read to their end."""
    assert not read_configuration(data).does_something
