"""A server that speaks as Gitea 1.15 to 1.27 does, over real bare git repositories.

`server` puts it together; `state` is its database, `bare` its repositories, `app` its interface:
JSON below `/api/v1`, git below `/OWNER/NAME.git`.
"""
