"""netlab and containerlab topologies as templates."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.notice import Severity
from skyforge_tui.domain.template import LabOutline, Template, TemplateKind
from skyforge_tui.domain.tool_actions import CONTAINERLAB_SURVEY, NETLAB_SURVEY
from skyforge_tui.integrations.containerlab.topology import SUFFIXES, ContainerlabTopology
from skyforge_tui.integrations.netlab.topology_file import SNAPSHOTS, NetlabTopology
from skyforge_tui.integrations.yaml_shape import MAX_BYTES, YamlError
from skyforge_tui.providers.repositories.listing import as_text
from skyforge_tui.providers.repositories.obeyed import of_netlab
from skyforge_tui.providers.repositories.reading import Reading, one_line, source_of, sources_of
from skyforge_tui.providers.repositories.recognition import may_be_topology, read_topology

_MADE_BY_NETLAB = "clab.yml"
_KINDS_SHOWN = 4


def topology_template(reading: Reading, name: str, data: bytes) -> Template | None:
    """Return the template of the topology `name`, a path relative to the project, or None.

    Raises:
        UnreadableFileError: what it would obey is not read.
    """
    path = reading.root / name
    is_called_so = name.endswith(SUFFIXES)
    if not is_called_so and not may_be_topology(data):
        return None
    try:
        found = read_topology(data)
    except YamlError as error:
        if is_called_so:  # of other files nobody said that they are topologies
            where = f"{path}:{error.line}" if error.line else str(path)
            reading.say(Severity.WARNING, f"{as_text(name)}: {error.message}", where)
        return None
    if found is None or _is_made_by_netlab(path) or not reading.is_nameable(name, "a topology"):
        return None
    if isinstance(found, NetlabTopology):
        return _of_netlab(reading, name, found, data)
    return _of_containerlab(reading, name, found, data)


def _of_netlab(reading: Reading, name: str, found: NetlabTopology, data: bytes) -> Template:
    path = reading.root / name
    told = (_lab(found.name), _count(len(found.nodes)), found.provider, found.device)
    obeyed = of_netlab(path.parent, reading.root, path)
    return Template(
        reading.template_id(name),
        reading.project_id,
        reading.take_name(name, TemplateKind.NETLAB),
        TemplateKind.NETLAB,
        ("netlab", "{action}", _word(path)),
        str(path.parent),
        one_line(", ".join(filter(None, told))),
        # What netlab says would otherwise come after what the programs it starts say.
        {"PYTHONUNBUFFERED": "1"},
        survey=NETLAB_SURVEY,
        sources=(source_of(path, data), *sources_of(obeyed, reading.root, MAX_BYTES)),
        lab=LabOutline(found.name, found.nodes, found.provider, found.device),
    )


def _of_containerlab(
    reading: Reading, name: str, found: ContainerlabTopology, data: bytes
) -> Template:
    path = reading.root / name
    told = (_lab(found.name), _count(found.nodes), *found.kinds[:_KINDS_SHOWN])
    return Template(
        reading.template_id(name),
        reading.project_id,
        reading.take_name(name, TemplateKind.CONTAINERLAB),
        TemplateKind.CONTAINERLAB,
        ("containerlab", "{action}", "-t", _word(path)),
        str(path.parent),
        one_line(", ".join(filter(None, told))),
        survey=CONTAINERLAB_SURVEY,
        sources=(source_of(path, data),),
    )


def _is_made_by_netlab(path: Path) -> bool:
    """Return whether netlab wrote this for containerlab: it is netlab then that starts the lab."""
    return path.name == _MADE_BY_NETLAB and any(
        (path.parent / snapshot).exists() for snapshot in SNAPSHOTS
    )


def _word(path: Path) -> str:
    """Return the file's name as an argument that is no option."""
    return f"./{path.name}" if path.name.startswith("-") else path.name


def _lab(name: str) -> str:
    return f"lab {name}" if name else ""


def _count(nodes: int) -> str:
    return "1 node" if nodes == 1 else f"{nodes} nodes"
