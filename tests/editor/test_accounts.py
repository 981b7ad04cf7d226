"""Accounts in both databases that the assistant runs on."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from directory.database import engine
from editor.accounts import ACCOUNT, INVITED_FOR, SIGNED_IN_FOR, Accounts, Refused
from tests.conftest import own_database
from tests.editor.conftest import HASHER, PASSWORD


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        yield engine(f"sqlite:///{tmp_path / 'desk.db'}")
        return
    with own_database(request.getfixturevalue("postgres_url"), "desk") as made:
        yield made


def test_an_account_from_its_link_to_its_end(database):
    """Links and sessions run out, signing out ends a session, a new link ends them all."""
    now = [1000.0]
    accounts = Accounts(database, lambda: now[0], HASHER)
    accounts.create()
    late = accounts.invite("a@example.org", "A", "reader")
    now[0] += INVITED_FOR + 1
    with pytest.raises(Refused, match="link"):
        accounts.accept(late, PASSWORD)
    accounts.accept(accounts.invite("a@example.org", "A", "reader"), PASSWORD)
    one, two, three = (accounts.sign_in("a@example.org", PASSWORD) for _ in range(3))
    accounts.sign_out(one)

    assert accounts.who(one) is None
    assert not accounts.who(two).may("editor")
    accounts.accept(accounts.invite("a@example.org", "A", "publisher"), PASSWORD + "!")
    assert accounts.who(two) is None and accounts.who(three) is None
    four = accounts.sign_in("a@example.org", PASSWORD + "!")
    assert accounts.who(four).may("editor")
    now[0] += SIGNED_IN_FOR + 1
    assert accounts.who(four) is None


@pytest.mark.parametrize(
    ("email", "name", "role"),
    [("a", "A", "editor"), ("a@b", "A", "owner"), ("a@b", "A>\nB", "editor")],
)
def test_only_names_that_git_can_keep_are_invited(database, email, name, role):
    accounts = Accounts(database, hasher=HASHER)
    accounts.create()
    with pytest.raises(Refused):
        accounts.invite(email, name, role)


def test_passwords_are_kept_as_argon2_asks(tmp_path):
    """Without a hasher of a test's own: argon2id, 64 MiB, three rounds."""
    database = engine(f"sqlite:///{tmp_path / 'desk.db'}")
    accounts = Accounts(database)
    accounts.create()
    accounts.accept(accounts.invite("a@example.org", "A", "reader"), PASSWORD)
    with database.connect() as connection:
        kept = connection.execute(sa.select(ACCOUNT.c.password)).scalar_one()

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
