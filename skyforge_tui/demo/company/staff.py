"""Who works at the pretend company: one account for every role, and two with a second factor."""

from __future__ import annotations

from skyforge_tui.demo.people import Person


def staff() -> dict[str, Person]:
    """Return everybody by username."""
    everybody = (
        Person("admin", "Ada Admin", is_admin=True),
        Person("olga", "Olga Owner"),
        Person("mika", "Mika Manager"),
        Person("rosa", "Rosa Runner"),
        Person("gus", "Gus Guest"),
        Person("tom", "Tom Twofactor", totp_secret="JBSWY3DPEHPK3PXP"),
        Person("emma", "Emma Mailcode", wants_email_code=True),
        Person("nick", "Nick Newcomer"),
    )
    return {one.username: one for one in everybody}


BY_ROLE = {
    "admin": "admin", "owner": "olga", "manager": "mika", "task_runner": "rosa", "guest": "gus",
    "totp": "tom", "email_code": "emma", "no_member": "nick",
}  # fmt: skip
"""Whom to sign in as to see the world as that role does."""
