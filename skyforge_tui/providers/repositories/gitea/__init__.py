"""Projects that are repositories of a Gitea server; `host` implements the ports."""
