"""Who may sign in at the desk: accounts made by one-time links, sessions, roles. No default password."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

ROLES = ("reader", "editor", "publisher")
"""What one may do; each role may do all that the ones before it may."""
SHORTEST_PASSWORD = 12
INVITED_FOR = 2 * 24 * 3600.0
"""Seconds a one-time link is good for."""
SIGNED_IN_FOR = 8 * 3600.0
"""Seconds a session lasts: a working day."""

METADATA = sa.MetaData()
ACCOUNT = sa.Table(
    "editor_account",
    METADATA,
    sa.Column("email", sa.String(200), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("password", sa.String(200), nullable=False),
)
INVITATION = sa.Table(
    "editor_invitation",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
SESSION = sa.Table(
    "editor_session",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)


class Refused(Exception):
    """A link, a password or a value that is not accepted; says no more than that."""


@dataclass(frozen=True)
class Editor:
    """Somebody signed in."""

    email: str
    name: str
    role: str
    csrf: str
    """The token that every form of this session carries."""

    def may(self, role: str) -> bool:
        """Say whether this person may do what *role* may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Accounts:
    """Accounts in the shared database. Tokens are kept as digests only. Blocking: call in a thread."""

    def __init__(
        self,
        database: sa.Engine,
        clock: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._database, self._clock, self._hasher = database, clock, hasher or PasswordHasher()
        # Checked where there is no account, so that a wrong name takes as long as a wrong password.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def create(self) -> None:
        """Make the tables that are not there yet."""
        METADATA.create_all(self._database)

    def invite(self, email: str, name: str, role: str) -> str:
        """Return the token of a one-time link by which this person chooses a password."""
        if role not in ROLES or "@" not in email or any(c in email + name for c in "<>\n\r"):
            raise Refused("invitation")
        token = secrets.token_urlsafe(32)
        values = {"email": email.strip().lower(), "name": name.strip(), "role": role}
        with self._database.begin() as connection:
            connection.execute(
                sa.insert(INVITATION).values(
                    token=_digest(token), until=self._clock() + INVITED_FOR, **values
                )
            )
        return token

    def accept(self, token: str, password: str) -> None:
        """Set the password of an invited person; the link is spent. Refused if it is not good."""
        if len(password) < SHORTEST_PASSWORD:
            raise Refused("short")
        hashed = self._hasher.hash(password)
        with self._database.begin() as connection:
            chosen = INVITATION.c.token == _digest(token)
            invited = connection.execute(sa.select(INVITATION).where(chosen)).one_or_none()
            spent = connection.execute(sa.delete(INVITATION).where(chosen)).rowcount
            if invited is None or not spent or invited.until < self._clock():
                raise Refused("link")
            for table in (ACCOUNT, SESSION):
                connection.execute(sa.delete(table).where(table.c.email == invited.email))
            values = {"email": invited.email, "name": invited.name, "role": invited.role}
            connection.execute(sa.insert(ACCOUNT).values(password=hashed, **values))

    def sign_in(self, email: str, password: str) -> str:
        """Return the token of a new session; Refused for a wrong name or password alike."""
        email = email.strip().lower()
        with self._database.begin() as connection:
            query = sa.select(ACCOUNT.c.password).where(ACCOUNT.c.email == email)
            known = connection.execute(query).scalar()
            if not self._verified(known or self._nobody, password) or known is None:
                raise Refused("sign_in")
            connection.execute(sa.delete(SESSION).where(SESSION.c.until < self._clock()))
            token = secrets.token_urlsafe(32)
            connection.execute(
                sa.insert(SESSION).values(
                    token=_digest(token),
                    email=email,
                    csrf=secrets.token_urlsafe(32),
                    until=self._clock() + SIGNED_IN_FOR,
                )
            )
        return token

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    def who(self, token: str) -> Editor | None:
        """Return whose session this is; None where it is over or was never ours."""
        query = (
            sa.select(ACCOUNT.c.email, ACCOUNT.c.name, ACCOUNT.c.role, SESSION.c.csrf)
            .join(SESSION, SESSION.c.email == ACCOUNT.c.email)
            .where(SESSION.c.token == _digest(token), SESSION.c.until >= self._clock())
        )
        with self._database.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Editor(row.email, row.name, row.role, row.csrf) if row else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(SESSION).where(SESSION.c.token == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
