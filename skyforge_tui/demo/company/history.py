"""How the pretend company's repositories came to be what they are."""

from __future__ import annotations

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.company.content import changed_files, first_files
from skyforge_tui.demo.company.objects import commit_id, tree_id
from skyforge_tui.demo.estate import Commit, Estate, Project, Repository

_WORK = (
    "Raise the maximum prefix count on transit sessions",
    "Describe every uplink by its far end",
    "Name the loopbacks after their router",
    "Let the backup ignore uptime lines",
    "Take leaf6 into the fabric",
    "Pin the collection versions",
    "Check MTU before the change, not after it",
    "Drop the static route nobody could explain",
    "Ask for the site instead of guessing it",
    "Retry the reachability check while BGP settles",
    "Use one prefix list for both edges",
    "Move the secrets into the vault",
    "Show the diff in every check run",
    "Allow one host to be left out",
    "Remove the switches that were scrapped",
    "Write down how to roll back",
)
_LONGEST_PAUSE_S = 9 * 86400


def commits_of(estate: Estate, project: Project, repository: Repository) -> list[Commit]:
    """Return between 12 and 40 commits, the newest first, none later than now.

    They are named as git names them: whoever writes them into a repository gets the same names.
    """
    dice = estate.dice("commits", repository.name)
    authors = [name for name, role in project.members.items() if role != "guest"]
    moment = estate.clock.now()
    commits = []
    for _ in range(dice.randint(12, 40)):
        moment -= dice.randint(600, _LONGEST_PAUSE_S) * SECOND
        commits.append(Commit("", dice.choice(_WORK), dice.choice(authors), moment))
    _name(estate, project, repository, commits)
    return commits


def _name(estate: Estate, project: Project, repository: Repository, commits: list[Commit]) -> None:
    """Give each commit its files and its name, from the oldest on."""
    files: dict[str, bytes] = {}
    messages: list[str] = []
    parent = ""
    for commit in reversed(commits):
        if files:
            messages.append(commit.message)
            commit.files = changed_files(messages)
        else:
            commit.files = first_files(project, repository)
        files |= commit.files
        person = estate.people[commit.author]
        written_by = f"{person.name} <{person.email}>"
        seconds = commit.at // SECOND
        parent = commit.sha = commit_id(
            tree_id(files), parent, written_by, seconds, f"{commit.message}\n"
        )
