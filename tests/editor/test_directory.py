"""The directory at the desk: a record is saved whole or not at all, and confirmed by name."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from bot.catalogue.load import CONTENT
from bot.language import Language
from bot.settings import Settings
from bot.wording import texts
from directory.database import engine as open_database
from directory.places import area_of_outcode, area_of_place
from directory.queries import authority
from directory.storage import KIND, stored
from editor import facts
from editor.app import create
from editor.facts import ADDED, EDITED
from editor.forms import groups, written
from tests.editor.conftest import HASHER


@pytest.fixture
def desk(directory_file, root, tmp_path):
    """The desk over a directory of its own."""
    copied = tmp_path / "desk.db"
    source = open_database(f"sqlite:///{directory_file}")
    with source.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{copied}'")
    source.dispose()
    return create(Settings(database_url=f"sqlite:///{copied}"), root, HASHER)


@pytest.fixture
def publisher(sign_in):
    return sign_in("Mair", "publisher")


def boxes(page: str) -> dict[str, str]:
    """Return what the form of a record carries, as a browser would send it."""
    form = page[page.index('action="/editor/directory') :]
    form = page.split("<form")[-1].split("</form>")[0]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in found.items()}


def first(desk, kind: str) -> str:
    return desk.state.facts.rows(kind)[0].id


@pytest.mark.parametrize("kind", EDITED)
def test_every_record_saved_as_it_is_changes_nothing(desk, publisher, kind):
    for row in desk.state.facts.rows(kind)[:6]:
        address = f"/editor/directory/{kind}/{row.id}?lang=en"
        saved = publisher.post(address, data={**boxes(publisher.get(address).text), "sure": "1"})

        assert saved.status_code == 200 and "It is live now" in saved.text, saved.text[:1500]
        assert [] == desk.state.facts.history(kind, row.id)


@pytest.mark.parametrize("kind", EDITED)
def test_a_form_says_what_the_record_says(desk, kind):
    """Every record there is, through its form and back."""

    with desk.state.facts._database.connect() as connection:
        records = stored(connection, KIND[kind])
    for record in records.values():
        before = record.model_dump(mode="json")
        form = {f.path: f.value for g in groups(KIND[kind].model, before) for f in g.fields}
        said = KIND[kind].model.model_validate(
            {**written(KIND[kind].model, form, before), "id": record.id}
        )
        assert record == said


def test_a_changed_number_is_live_and_has_to_be_checked_again(desk, publisher):
    row = next(
        r
        for r in desk.state.facts.rows("service")
        if desk.state.facts.record("service", r.id)["phones"]
    )
    address = f"/editor/directory/service/{row.id}?lang=en"
    page = publisher.get(address).text
    version = re.findall(r'name="version" value="(\w+)"', page)[0]
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    publisher.post(
        f"/editor/directory/service/{row.id}/checked", data={"csrf": csrf, "version": version}
    )
    checked = desk.state.facts.record("service", row.id)
    assert (date.today().isoformat(), "Mair") == (checked["checked_on"], checked["checked_by"])

    form = boxes(publisher.get(address).text)
    saved = publisher.post(
        address, data={**form, "phones.0.number": "0800 000 0001", "why": "new line"}
    )
    now = desk.state.facts.record("service", row.id)

    assert "It is live now" in saved.text, saved.text[:800]
    assert "0800 000 0001" == now["phones"][0]["number"]
    assert (None, None) == (now["checked_on"], now["checked_by"])
    assert ["new line", "checked"] == [e.why for e in desk.state.facts.history("service", row.id)]


@pytest.mark.parametrize("kind", ["service", "prison"])
def test_no_form_sets_the_day_or_the_name(desk, publisher, kind):
    name = first(desk, kind)
    before = desk.state.facts.record(kind, name)
    address = f"/editor/directory/{kind}/{name}?lang=en"
    forged = {"checked_on": "2026-01-01", "checked_by": "Ifan"}
    for topic in before.get("facts") or {}:
        forged |= {f"facts.{topic}.checked_on": "2026-01-01", f"facts.{topic}.checked_by": "Ifan"}
    saved = publisher.post(
        address, data={**boxes(publisher.get(address).text), **forged, "sure": "1"}
    )

    assert saved.status_code == 200
    assert before == desk.state.facts.record(kind, name)


def test_the_second_of_two_is_shown_both(desk, publisher, sign_in):
    ifan = sign_in("Ifan", "publisher")
    address = f"/editor/directory/service/{first(desk, 'service')}?lang=en"
    one, two = (boxes(who.get(address).text) for who in (publisher, ifan))
    publisher.post(address, data={**one, "name_en": "Name by Mair", "sure": "1"})
    late = ifan.post(address, data={**two, "name_en": "Name by Ifan", "sure": "1"})

    assert late.status_code == 409
    assert "Name by Mair" in late.text and "Name by Ifan" in late.text


@pytest.mark.parametrize(
    "change",
    [
        {"phones.0.number": "ring us"},
        {"url": "javascript:alert(1)"},
        {"name_en": ""},
        {"needs": "no_such_need"},
    ],
    ids=str,
)
def test_what_is_no_record_is_not_saved(desk, publisher, change):
    name = first(desk, "service")
    before = desk.state.facts.record("service", name)
    address = f"/editor/directory/service/{name}?lang=en"
    refused = publisher.post(
        address, data={**boxes(publisher.get(address).text), "sure": "1", **change}
    )

    assert refused.status_code == 422
    assert before == desk.state.facts.record("service", name)


def test_a_service_is_added_retired_and_a_twin_is_told(desk, publisher):
    name = first(desk, "service")
    like = boxes(publisher.get(f"/editor/directory/service/{name}?lang=en").text)
    new = {**like, "record": "brand-new", "name_en": "Brand New Help", "name_cy": "Help Newydd"}
    for at in range(9):
        new.pop(f"phones.{at}.number", None)
    address = "/editor/directory/service/new?lang=en"
    assert publisher.post(address, data=new).status_code == 200
    again = publisher.post(address, data={**new, "record": "brand-new-too"})
    assert again.status_code == 409 and "Brand New Help" in again.text

    page = "/editor/directory/service/brand-new?lang=en"
    publisher.post(
        page, data={**boxes(publisher.get(page).text), "status": "inactive", "sure": "1"}
    )
    row = next(r for r in desk.state.facts.rows("service") if r.id == "brand-new")
    assert not row.active


def test_an_editor_confirms_but_does_not_change_and_a_reader_does_neither(desk, sign_in):
    name = first(desk, "prison")
    address = f"/editor/directory/prison/{name}"
    fact = next(iter(desk.state.facts.record("prison", name)["facts"]))
    for role, status in (("reader", 403), ("editor", 200)):
        who = sign_in(role.title(), role)
        page = who.get(address).text
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        version = desk.state.facts.version(desk.state.facts.record("prison", name))
        form = {"csrf": csrf, "version": version}
        assert 403 == who.post(address, data={**form, "name_en": "x"}).status_code
        assert status == who.post(f"{address}/checked", data={**form, "fact": fact}).status_code
    held = desk.state.facts.record("prison", name)

    assert "Editor" == held["facts"][fact]["checked_by"] and held["checked_by"] is None


@pytest.mark.parametrize("language", ["cy", "en"])
@pytest.mark.parametrize(
    ("kind", "of", "change", "there"),
    [
        ("outcode", "SA15", {"local_authorities": "swansea\ncarmarthenshire"}, "swansea"),
        ("place", "llanelli", {"border": "yes"}, "border"),
        ("local_authority", "gwynedd", {"council.hours_en": "Monday 9 to 5"}, "hours"),
    ],
)
def test_areas_and_postcodes_are_edited_and_confirmed_and_live(
    desk, publisher, language, kind, of, change, there
):
    address = f"/editor/directory/{kind}/{of}?lang={language}"
    saved = publisher.post(address, data={**boxes(publisher.get(address).text), **change})
    assert saved.status_code == 200, saved.text[:1500]
    with desk.state.facts._database.connect() as connection:
        area = {
            "outcode": lambda: area_of_outcode(connection, of).authorities[0],
            "place": lambda: area_of_place(connection, of).note,
            "local_authority": lambda: (
                authority(connection, of, Language.ENGLISH).council.hours and "hours"
            ),
        }[kind]()
    assert area == there
    assert [set(change)] == [
        {name for name in change if name.split(".")[0] in {f[0] for f in each.fields}}
        for each in desk.state.facts.history(kind, of)
    ]

    page = publisher.get(address).text
    form = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("csrf", "version")
    }
    publisher.post(f"/editor/directory/{kind}/{of}/checked", data=form)
    row = next(r for r in desk.state.facts.rows(kind) if r.id == of)
    assert date.today() == row.checked_on and not row.stale


@pytest.mark.parametrize("kind", sorted(set(EDITED) - set(ADDED)))
def test_what_a_release_has_to_know_is_not_added_at_the_desk(publisher, kind):
    assert 404 == publisher.get(f"/editor/directory/{kind}/new").status_code
    page = publisher.get(f"/editor/directory?lang=en&kind={kind}").text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    form = {"csrf": csrf, "record": "ZZ99", "name_en": "x"}
    assert 404 == publisher.post(f"/editor/directory/{kind}/new", data=form).status_code


def test_search_reads_both_languages_and_stale_ones_can_be_listed(desk, publisher):
    found = publisher.get("/editor/directory?lang=en&q=samariaid").text
    assert "samaritans" in found.lower()
    assert "Records: 0" in publisher.get("/editor/directory?lang=en&q=zzzzqq").text
    assert "not checked" in publisher.get("/editor/directory?lang=en&stale=1").text


@pytest.mark.parametrize(
    ("language", "named", "slug"),
    [
        ("cy", "Trefnu ymweliad: heb ei wirio", "book_visit:"),
        ("en", "Book a visit: not", "book_visit:"),
    ],
)
def test_the_facts_of_a_prison_bear_the_titles_of_their_topics(
    desk, publisher, language, named, slug
):
    page = publisher.get(f"/editor/directory/prison/berwyn?lang={language}").text

    assert named in page and slug not in page


@pytest.mark.parametrize(("language", "other"), [("cy", "en"), ("en", "cy")])
def test_the_other_language_lists_the_same_records(publisher, language, other):
    asked = "kind=prison&q=berwyn&stale=1&lang="
    page = publisher.get(f"/editor/directory?{asked}{language}").text

    assert f'href="/editor/directory?{html.escape(asked)}{other}"' in page


@pytest.mark.parametrize(
    ("change", "welsh", "english"),
    [
        ({"name_en": ""}, "mae angen llenwi hwn", "this has to be filled in"),
        ({"coverage": "moon"}, "un o'r dewisiadau", "not one of the choices"),
        ({"phones.0.number": "ring us"}, "dim ond digidau", "digits and spaces only"),
        ({"url": "www"}, "yn dechrau gyda https://", "begins with https://"),
        ({"organization": "no-such"}, "cofnod o'r enw no-such", "no record called no-such"),
        ({"schedule.0.byday": "FR,MO"}, "yn eu trefn", "in order"),
        ({"as_of": "soon"}, "ysgrifennir dyddiad fel", "a date is written like"),
        ({"coverage": "local"}, "awdurdodau lleol yn perthyn", "that needs them"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_record_is_told_in_both_languages(
    desk, publisher, change, welsh, english
):
    address = f"/editor/directory/service/{first(desk, 'service')}"
    form = {**boxes(publisher.get(f"{address}?lang=en").text), "sure": "1", **change}
    for language, told, other in (("cy", welsh, english), ("en", english, welsh)):
        refused = publisher.post(f"{address}?lang={language}", data=form)
        page = html.unescape(refused.text)

        assert refused.status_code == 422
        assert told in page and other not in page, page[:3000]


def test_every_kind_of_fault_has_its_sentence():
    """What pydantic calls it, and what the form calls its boxes, both lead to a sentence there is."""
    kinds = {*facts._KINDS.values(), *facts._FORMS, "form", "together", "gone", "taken"}
    for language in Language:
        kept = {
            key for key, _ in texts(CONTENT / language.value) if key.startswith("editor.fault.")
        }
        assert {f"editor.fault.{kind}" for kind in kinds} == kept
