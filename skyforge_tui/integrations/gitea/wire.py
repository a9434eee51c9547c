"""What Gitea says of people, repositories and what is in them: the fields wanted here only.

Source: Gitea 1.15 to 1.27, `/api/v1`. Go writes lists that were never filled as `null`, and times
that were never set as the year 1 or 1970; see `moments`.
"""

from __future__ import annotations

import base64
from typing import Annotated

import msgspec

When = Annotated[str, msgspec.Meta(description="a moment as text; read it with `moments.moment`")]


class Shape(msgspec.Struct, kw_only=True):
    """Something Gitea says; keys that are not wanted are left aside."""


class Version(Shape):
    """`GET /version`; `1.24.6`, `1.25.0+dev-123-gabc`, or `7.0.4+gitea-1.21.11` of Forgejo."""

    version: str = ""


class Limits(Shape):
    """`GET /settings/api`: how long lists and files may be."""

    max_response_items: int = 50
    default_paging_num: int = 30
    default_git_trees_per_page: int = 1000
    default_max_blob_size: int = 10485760


class User(Shape):
    """Somebody, or an organisation as an owner."""

    id: int
    login: str = ""
    full_name: str = ""
    email: str = ""
    is_admin: bool = False


class Permissions(Shape):
    """What the asking one may do in a repository."""

    admin: bool = False
    push: bool = False
    pull: bool = False


class Repository(Shape):
    """A repository; `permissions` is null of repositories told of within other things."""

    id: int
    owner: User
    name: str = ""
    full_name: str = ""
    description: str = ""
    empty: bool = False
    private: bool = False
    internal: bool = False
    mirror: bool = False
    archived: bool = False
    html_url: str = ""
    clone_url: str = ""
    ssh_url: str = ""
    default_branch: str = ""
    updated_at: When = ""
    created_at: When = ""
    permissions: Permissions | None = None
    topics: list[str] | None = None


class Found(Shape):
    """`GET /repos/search`: an envelope that no other list has."""

    data: list[msgspec.Raw] | None = None


class Hand(Shape):
    """Who wrote or committed something."""

    name: str = ""
    email: str = ""
    date: When = ""


class TreeName(Shape):
    """A tree by name."""

    sha: str = ""


class CommitWords(Shape):
    """What a commit says."""

    message: str = ""
    author: Hand | None = None
    committer: Hand | None = None
    tree: TreeName | None = None


class ChangedFile(Shape):
    """A file that a commit changed."""

    filename: str = ""
    status: str = ""


class Parent(Shape):
    """A commit before another one."""

    sha: str = ""


class Commit(Shape):
    """One of `GET /repos/O/R/commits`; `author` is null of addresses nobody here has."""

    sha: str
    commit: CommitWords
    created: When = ""
    html_url: str = ""
    author: User | None = None
    parents: list[Parent] | None = None
    files: list[ChangedFile] | None = None


class BranchCommit(Shape):
    """The newest commit of a branch, in a shape of its own."""

    id: str = ""
    message: str = ""
    author: Hand | None = None
    timestamp: When = ""


class Branch(Shape):
    """One of `GET /repos/O/R/branches`."""

    name: str
    commit: BranchCommit
    protected: bool = False
    user_can_push: bool = True


class Content(Shape):
    """A file, folder, link or submodule; `content` is null in listings and of what is too long."""

    name: str = ""
    path: str = ""
    sha: str = ""
    type: str = ""
    size: int = 0
    encoding: str | None = None
    content: str | None = None
    target: str | None = None
    last_commit_sha: str | None = None

    def decoded(self) -> bytes:
        """Return the content; empty where it is not told."""
        return base64.b64decode(self.content or "")


class TreeEntry(Shape):
    """Something in a git tree; types are blob, tree and commit (a submodule)."""

    path: str
    mode: str = ""
    type: str = ""
    size: int = 0
    sha: str = ""


class Tree(Shape):
    """`GET /repos/O/R/git/trees/SHA`: one page of it."""

    sha: str = ""
    tree: list[TreeEntry] | None = None
    truncated: bool = False
    page: int = 1
    total_count: int = 0


class WrittenCommit(Shape):
    """The commit that a write made."""

    sha: str = ""
    html_url: str = ""


class Written(Shape):
    """The answer to a write of one file; `content` is null of a deletion."""

    content: Content | None = None
    commit: WrittenCommit | None = None


class WrittenFiles(Shape):
    """The answer to a write of several files."""

    files: list[Content | None] | None = None
    commit: WrittenCommit | None = None


class Comparison(Shape):
    """`GET /repos/O/R/compare/A...B`: what B has and A has not."""

    total_commits: int = 0
    commits: list[Commit] | None = None


class Allowed(Shape):
    """`GET /repos/O/R/collaborators/U/permission`: none, read, write, admin or owner."""

    permission: str = "none"
    role_name: str = ""


class Organisation(Shape):
    """One of `GET /user/orgs`; old releases name it by `username` only."""

    id: int
    name: str = ""
    username: str = ""
    full_name: str = ""
    description: str = ""
    visibility: str = ""

    @property
    def login(self) -> str:
        """What it is called in addresses."""
        return self.username or self.name


class Team(Shape):
    """One of `GET /orgs/O/teams`."""

    id: int
    name: str = ""
    description: str = ""
    permission: str = ""
    includes_all_repositories: bool = False


class Token(Shape):
    """One of `GET /users/U/tokens`; `sha1` is told once, when it is made."""

    id: int
    name: str = ""
    sha1: str = ""
    token_last_eight: str = ""
    scopes: list[str] | None = None
