"""Lengths of time as people write them in options: `60s`, `5m`, `1h`."""

from __future__ import annotations

from datetime import timedelta

import click

from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.searchable import FieldKind


class Span(click.ParamType[timedelta]):
    """A length of time of at least a second."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span that `value` says."""
        if isinstance(value, timedelta):
            return value
        found = number_of(FieldKind.DURATION, str(value))
        if found is None or not 1e6 <= found <= 1e6 * 86400 * 365:
            self.fail(f"{value!r} is no span: write it as in 60s, 5m, 1h", param, ctx)
        return timedelta(microseconds=found)
