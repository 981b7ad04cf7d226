"""Every form of the desk, tried by those who may not: no list of addresses to keep, the desk itself names them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.editor.conftest import git
from tests.editor.test_desk import TOPIC, fields

OPEN = {"/editor/sign-in", "/editor/welcome/{token}"}
"""Forms of those who are not signed in."""
HIS_OWN = {"/editor/sign-out"}
TRIES = {"/editor/try"}
"""What a reader may send as well: nothing is kept of it."""
PUBLISHERS = {"/editor/publish", "/editor/publish/cancel", "/editor/switch"}
RECORDS = {"/editor/directory/{kind}/{identity}"}
NAMES = {"topic": "book_visit", "kind": "service", "identity": "x"}
FILLED = {
    "version": "x", "do": "dismiss", "ids": "1", "goal": "publish", "number": "1", "turn": "off",
    "change": "HEAD", "packed": "x", "name": "x", "cy": "x", "en": "x", "text": "x", "key": "x",
}  # fmt: skip


def posts(desk) -> list[str]:
    """List the addresses that take a form."""
    routes = [route for each in desk.routes for route in each.original_router.routes]
    found = {f"/editor{route.path}" for route in routes if "POST" in route.methods}
    return sorted(found - OPEN)


def sent(who: TestClient, path: str, csrf: str | None) -> int:
    files = {"book": ("x.xlsx", b"x")} if path == "/editor/translators" else None
    carried = {} if csrf is None else {"csrf": csrf}
    return who.post(path.format(**NAMES), data={**FILLED, **carried}, files=files).status_code


def test_the_desk_names_its_forms(desk):
    assert len(posts(desk)) >= 15
    assert HIS_OWN | TRIES | PUBLISHERS | RECORDS < set(posts(desk))


def test_without_the_forms_own_token_nothing_is_taken(desk, sign_in, root):
    mair, ifan = sign_in("Mair", "publisher"), sign_in("Ifan", "publisher")
    another = fields(ifan.get(TOPIC))["csrf"]
    for path in posts(desk):
        assert 403 == sent(mair, path, another), path
        assert 422 == sent(mair, path, None), path

    assert "content" == git(root, "log", "--format=%s").strip()
    assert [] == desk.state.deployments.publications()
    assert mair.get("/editor").url.path == "/editor", "nobody has signed her out"


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_nobody_does_what_the_role_does_not_let_them(desk, sign_in, root, role):
    who = sign_in("Ifan", role)
    csrf = fields(who.get(TOPIC))["csrf"]
    free = HIS_OWN | TRIES
    refused = set(posts(desk)) - free if role == "reader" else PUBLISHERS | RECORDS
    for path in sorted(refused):
        assert 403 == sent(who, path, csrf), path

    assert "content" == git(root, "log", "--format=%s").strip()
    assert [] == desk.state.deployments.publications()


@pytest.mark.parametrize("role", ["editor", "publisher", "owner"])
def test_a_form_does_not_raise_its_sender(desk, sign_in, role):
    """A role stands in the account and nowhere else: whatever a form or cookie says, it stays."""
    who = sign_in("Sioned", "reader")
    form = {**fields(who.get(TOPIC)), "role": role, "editor": "mair@example.org", "cy.title": "x"}
    who.cookies.set("role", role)

    assert 403 == who.post(TOPIC, data=form, params={"role": role}).status_code
    assert "(darllenydd)" in who.get("/editor").text


def test_who_is_invited_anew_with_less_has_less_at_once(desk, sign_in):
    who = sign_in("Ifan", "publisher")
    form = fields(who.get(TOPIC))
    accounts = desk.state.accounts
    accounts.accept(accounts.invite("ifan@example.org", "Ifan", "reader"), "a new long password")

    assert 401 == who.post(TOPIC, data=form).status_code
