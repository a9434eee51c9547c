"""Which links meet a node, found once for all nodes of a lab as it was told."""

from __future__ import annotations

from skyforge_tui.domain.lab import LabDetail, LabLink


class Wires:
    """Remembers the links of each node for as long as the lab is told the same."""

    def __init__(self) -> None:
        self._links: tuple[LabLink, ...] = ()
        self._by_node: dict[str, list[LabLink]] = {}

    def of(self, detail: LabDetail, node: str) -> list[LabLink]:
        """Return the links that meet a node."""
        if detail.links is not self._links:
            self._links, self._by_node = detail.links, {}
            for link in detail.links:
                for name in {end.node for end in link.ends}:
                    self._by_node.setdefault(name, []).append(link)
        return self._by_node.get(node, [])
