"""`skyforge runs gc` tells how much output there is and gives up what is too old or too much."""

from __future__ import annotations

from tests.cli.headless import Headless


def test_output_is_given_up(sky: Headless) -> None:
    """What would go is told first; then it is gone, the run stays, and its output says so."""
    number = sky.launch("many", "--wait")
    sky.launch("hello", "--wait")
    size = len(sky.runs.output(number))
    told = sky("runs", "gc", "--dry-run", "--keep", "1kB", "--json").json
    assert (told["runs"], told["limits"], told["would_remove_bytes"]) == (
        2, {"age_s": None, "bytes": 1000}, size,
    )  # fmt: skip
    assert [one["number"] for one in told["would_remove"]] == [number]
    assert len(sky("runs", "logs", number).out) == size
    refused = sky("runs", "gc", "--keep", "1kB")
    assert (refused.code, refused.out) == (2, b"")
    assert "--yes" in refused.err
    assert f"{size:,} bytes" in sky("runs", "gc", "--keep", "1kB", "--yes").text
    gone = sky("runs", "logs", number)
    assert (gone.code, gone.out) == (0, b"")
    assert f"{size:,} bytes missing" in gone.err
    listed = sky("runs", "ls", "--json").json
    assert [(one["number"], one["log_bytes"] > 0) for one in listed] == [(2, True), (1, False)]


def test_limits_are_configured(sky: Headless) -> None:
    """Without options the configuration decides; without limits nothing ever goes."""
    sky.launch("hello", "--wait")
    told = sky("runs", "gc", "--yes")
    assert told.code == 0
    assert "no limit is set" in told.text
    limits = {"SKYFORGE_RETENTION__SIZE": "1B", "SKYFORGE_RETENTION__AGE": "90d"}
    done = sky("runs", "gc", "--yes", "--json", environ=limits).json
    assert done["limits"] == {"age_s": 90 * 86_400, "bytes": 1}
    assert [one["failure"] for one in done["removed"]] == [None]
    wrong = sky("runs", "gc", environ={"SKYFORGE_RETENTION__AGE": "soon"})
    assert wrong.code == 2
    assert "must be an age in quotes" in wrong.err
    assert sky("runs", "gc", "--keep", "much").code == 2


def test_what_goes_on_stays(sky: Headless) -> None:
    """A run that has not ended keeps its output, and is counted."""
    number = sky.launch("gated")
    sky.runs.until_output(number, b"begun")
    told = sky("runs", "gc", "--keep", "0B", "--yes", "--json").json
    assert (told["active"], told["would_remove"]) == (1, [])
    sky.open_gate(b"end\n")
    sky.runs.ended(number)
    assert sky("runs", "logs", number).text == "begun\nend\n"
