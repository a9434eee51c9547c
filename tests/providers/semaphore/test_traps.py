"""What has caught other clients of Semaphore, and the test here that shows how it is met.

Whoever renames or drops a test is told which trap nothing guards any more.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[2]
CLIENT: Final = "integrations/test_semaphore_client.py"
SIGN_IN: Final = "integrations/test_semaphore_sign_in.py"
HTTP: Final = "integrations/http/test_client.py"
CONNECT: Final = "cli/test_connect.py"
STARTING: Final = "providers/semaphore/test_starting.py"
LISTING: Final = "providers/semaphore/test_listing.py"
WATCHING: Final = "providers/semaphore/test_watching.py"
OUTPUT: Final = "providers/semaphore/test_output.py"
JOINING: Final = "providers/semaphore/test_joining.py"
ODDLY: Final = "providers/semaphore/test_told_oddly.py"
PROJECTS: Final = "providers/semaphore/test_projects.py"

TRAPS: Final = {
    # Asking.
    "without /api a page is answered with 200": (
        CLIENT, "test_html_instead_of_json_is_named"),
    "a list that was never filled is null": (
        HTTP, "test_null_is_an_empty_list"),
    "figures are texts in some versions, and one bad record is among good ones": (
        CLIENT, "test_one_bad_record_does_not_hide_the_others"),
    "a project one is no member of is 404, an unknown task 400": (
        CLIENT, "test_an_unknown_task_is_missing_not_an_error_of_the_server"),
    "400 says no more than that something broke": (
        LISTING, "test_a_broken_server_makes_nothing_vanish"),
    "401 also means that only an admin may": (
        SIGN_IN, "test_a_refusal_of_an_admin_task_is_no_expiry"),
    "with LDAP a wrong password is 500": (
        SIGN_IN, "test_a_failing_directory_may_mean_the_password"),
    "a session without its second factor is 401 with a word": (
        SIGN_IN, "test_a_code_of_the_app_is_asked_for"),
    "tokens are compared in lower case": (
        SIGN_IN, "test_a_token_signs_every_request"),
    "tokens are listed in part: only when it is made one can be kept": (
        CONNECT, "test_a_connection_in_three_commands"),
    # Things.
    "things are made without telling their id": (
        CLIENT, "test_creating_without_an_answer_finds_the_id"),
    "what a PUT does not name is reset": (
        CLIENT, "test_what_is_not_named_is_not_reset"),
    "variable groups are one id or several": (
        CLIENT, "test_variable_groups_are_read_from_either_field"),
    "stages, hosts and errors are not there in old versions": (
        CLIENT, "test_what_old_versions_do_not_know_is_none"),
    "several templates have one name": (
        PROJECTS, "test_templates_of_one_name_are_told_apart"),
    "of tasks, 200 or 1000 are told": (
        LISTING, "test_ten_thousand_runs_make_no_burst_of_requests"),
    "tasks are dropped when there are too many": (
        LISTING, "test_a_vanished_run_is_left_out"),
    # Starting and ending.
    "a start that is sent twice runs twice": (
        STARTING, "test_a_lost_answer_does_not_start_a_second_run"),
    "variables are JSON in a text, and secrets apart": (
        STARTING, "test_answers_become_variables_of_their_types"),
    "defaults of a survey are not applied": (
        STARTING, "test_what_nobody_answered_has_its_default"),
    "a dry run is said in two ways": (
        STARTING, "test_a_dry_run_is_dry_on_every_version"),
    "a dry run or a limit is ignored": (
        STARTING, "test_a_dry_run_or_limit_that_the_server_ignores_is_stopped"),
    "a stop without a body is 400": (
        CLIENT, "test_a_task_is_started_seen_and_stopped"),
    "a plain stop may take for ever": (
        STARTING, "test_asking_again_stops_by_force"),
    "a stop ends as an error": (
        STARTING, "test_a_stop_that_ends_as_error_is_a_stop"),
    "a stop while it waits for confirmation is taken back": (
        STARTING, "test_a_run_that_waits_is_stopped"),
    "a stop in the queue takes until its turn": (
        STARTING, "test_a_run_in_the_queue_is_stopped"),
    "nothing can be rejected in old versions": (
        STARTING, "test_a_stop_that_an_old_server_takes_back_is_said"),
    "a run that was going on at a restart never ends": (
        WATCHING, "test_a_restart_is_survived"),
    "the last status is told before the end is known": (
        LISTING, "test_the_end_is_told_later_than_the_last_status"),
    "a status that is not known yet": (
        LISTING, "test_an_unknown_status_is_not_the_end"),
    # Output.
    "ids of tasks count down": (
        WATCHING, "test_ids_that_count_down_are_told_apart"),
    "rows of equal time are swapped, and times are cut to seconds": (
        OUTPUT, "test_equal_times_and_coarse_clocks_lose_and_double_nothing"),
    "rows come after the last status": (
        OUTPUT, "test_rows_after_the_last_status_are_waited_for"),
    "lines end with a line feed, or are ten megabytes long": (
        ODDLY, "test_odd_lines_are_kept_to_the_byte"),
    # The socket.
    "nothing is told again after a cut": (
        OUTPUT, "test_a_cut_is_healed_and_said"),
    "a slow reader is cut off without a word": (
        ODDLY, "test_a_reader_that_was_dropped_as_too_slow_misses_nothing"),
    "lines are told before they are on record": (
        JOINING, "test_whatever_happens_nothing_is_lost_or_doubled"),
    "lines are told after the end, and among those of the next": (
        ODDLY, "test_lines_told_after_their_end_come_once"),
    "times are told in the server's zone": (
        ODDLY, "test_the_servers_time_zone_moves_nothing"),
    "who is told of a task is settled when it is made": (
        ODDLY, "test_lines_that_nobody_tells_one_are_asked_for"),
    "a server comes back between two tries": (
        WATCHING, "test_a_server_that_comes_back_between_two_tries_is_heard"),
    "a proxy lets no socket through": (
        WATCHING, "test_a_proxy_without_upgrade_is_polled"),
    "the socket tells of other things too": (
        CLIENT, "test_only_known_frames_are_taken"),
}  # fmt: skip
"""What may happen, and which test meets it."""


def test_every_trap_is_met() -> None:
    """Each trap has a test of the name that is said here."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for file, name in TRAPS.values():
        wanted[file].add(name)
    missing = {file: names - names_in(TESTS / file) for file, names in wanted.items()}
    assert {file: names for file, names in missing.items() if names} == {}


def names_in(file: Path) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name for one in tree.body if isinstance(one, kinds) and one.name.startswith("test")}
