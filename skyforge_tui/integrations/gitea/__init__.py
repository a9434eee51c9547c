"""Talking to Gitea, 1.15 to 1.27: one client per server and identity.

`client` is what providers use: `repos`, `files`, `history`, `people`, `actions` rest on `asking`,
which knows pages, renamed repositories and versions. `session` keeps one signed in.
"""
