"""Who is who: sign-in, one-time codes, sessions and tokens."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from skyforge_tui.demo import totp
from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.servers.semaphore.state import Account, State
from skyforge_tui.demo.totp import is_right

_IDLE_S: Final = 7 * 86400


@dataclass(slots=True)
class Session:
    """A browser's sign-in."""

    account: Account
    used: int
    waits_for: str = ""
    """`totp` or `email` until a code was given, then empty."""


@dataclass(slots=True)
class Token:
    """A key to the API; the id is the secret."""

    id: str
    account: Account
    created: int
    is_expired: bool = False


@dataclass(slots=True)
class Letter:
    """An e-mail with a one-time code."""

    to: str
    code: str


@dataclass(slots=True)
class Sessions:
    """All sign-ins of a server."""

    state: State
    by_cookie: dict[str, Session] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    mailbox: list[Letter] = field(default_factory=list)
    """What was sent by e-mail, the newest last."""

    def sign_in(self, name: str, password: str) -> str | None:
        """Begin a session and return its cookie; None when name or password are wrong."""
        account = self.state.account(name)
        if account is None or not hmac.compare_digest(account.person.password, password):
            return None
        cookie = secrets.token_urlsafe(48)
        session = Session(account, self.state.estate.clock.now())
        if self.state.habits.version.has_second_factor:
            if account.person.totp_secret:
                session.waits_for = "totp"
            elif account.person.wants_email_code:
                session.waits_for = "email"
                self.mailbox.append(Letter(account.person.email, f"{secrets.randbelow(10**6):06d}"))
        self.by_cookie[cookie] = session
        return cookie

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie, unless it idled for a week."""
        now = self.state.estate.clock.now()
        session = self.by_cookie.get(cookie)
        if session is None or now - session.used > _IDLE_S * SECOND:
            return None
        session.used = now
        return session

    def verify(self, session: Session, code: str) -> bool:
        """Take a one-time code; return whether it was right."""
        if session.waits_for == "totp":
            secret = session.account.person.totp_secret
            right = is_right(secret, code, self.state.estate.clock.now())
        else:
            address = session.account.person.email
            right = code in [one.code for one in self.mailbox if one.to == address][-1:]
        if right:
            session.waits_for = ""
        return right

    def totp(self, secret: str, steps: int = 0) -> str:
        """Return the code of RFC 6238 for now, or `steps` half minutes later."""
        return totp.code(secret, self.state.estate.clock.now(), steps)

    def make_token(self, account: Account, text: str = "") -> Token:
        """Add a token: 44 characters, all in lower case."""
        if not text:
            text = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().lower()
        token = Token(text, account, self.state.estate.clock.now())
        self.tokens[text] = token
        return token

    def by_token(self, text: str) -> Account | None:
        """Return whose token this is."""
        token = self.tokens.get(text)
        return None if token is None or token.is_expired else token.account

    def expire(self) -> int:
        """End every session, tokens excepted; return how many there were."""
        count = len(self.by_cookie)
        self.by_cookie.clear()
        return count
