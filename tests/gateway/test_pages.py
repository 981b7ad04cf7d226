"""The pages that work without JavaScript, in both languages, with no engine behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.load import load
from bot.language import Language
from bot.settings import Settings
from bot.wording import say
from directory.database import engine
from gateway.app import create
from gateway.pages.markup import render
from gateway.pages.transcript import LARGEST, LONGEST, pack, unpack
from gateway.pages.view import STYLE, written_day

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
CATALOGUE = load()


class Page(HTMLParser):
    """A page as a test reads it: tags in their order, fields of forms, visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.tags, self.text = html, [], ""
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._silent else data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def language(self) -> str | None:
        return self.all("html")[0]["lang"]

    @property
    def carried(self) -> dict[str, str]:
        """What the form of the chat sends along."""
        hidden = [one for one in self.all("input") if one.get("type") == "hidden"]
        return {str(one["name"]): str(one["value"] or "") for one in hidden}

    @property
    def payloads(self) -> list[str]:
        return [str(one["value"]) for one in self.all("button") if one.get("name") == "payload"]

    @property
    def typed(self) -> str:
        inside = re.search(r"<textarea[^>]*>(.*?)</textarea>", self.html, re.DOTALL)
        return inside[1] if inside else ""


@pytest.fixture
def site(chosen: Settings, directory_file: Path) -> Iterator[TestClient]:
    """The gateway with a directory behind it."""
    settings = replace(chosen, database_url=f"sqlite:///{directory_file}", rate_limit="off")
    with TestClient(
        create(settings), raise_server_exceptions=False, client=("127.0.0.1", 50000)
    ) as client:
        yield client


def chat(site: TestClient, language: Language) -> Page:
    return Page(site.get(f"/{language.value}").text)


def send(site: TestClient, page: Page, **fields: str) -> Page:
    return Page(site.post(f"/{page.language}", data={**page.carried, **fields}).text)


PATHS = (
    *("", "/topics", "/book_visit", "/crisis_self", "/crisis_child", "/privacy", "/accessibility"),
    *("/number_of_children", "/services", "/services?q=pres&place=Llanelli"),
    *("/services/prisoners-families-helpline", "/prisons", "/prisons/cardiff"),
    *("/no_such_page", "/services/no-such", "/prisons/no-such"),
)


@LANGUAGES
@pytest.mark.parametrize("path", PATHS)
def test_every_page_keeps_the_house_rules(site: TestClient, language: Language, path: str) -> None:
    answer = site.get(f"/{language.value}{path}")
    page = Page(answer.text)

    assert (
        404 if "no" in path.split("/")[-1][:3] and "such" in path else 200
    ) == answer.status_code
    assert language.value == page.language == answer.headers["content-language"]
    assert "<title>Cyswllt</title>" in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert len(page.all("h1")) == 1
    assert [one for _, one in page.tags if "style" in one or any(k[:2] == "on" for k in one)] == []
    assert {"application/ld+json"} >= {one.get("type") for one in page.all("script")}
    assert all(str(one["href"]).startswith("/") for one in page.all("link"))
    assert any(one.get("href") == "tel:999" for one in page.all("a"))
    leave = say("page.leave", language)
    assert leave in page.text
    assert "{" not in page.text, "a placeholder was not filled"


@LANGUAGES
def test_every_answer_is_a_page_with_sources_and_its_twin(
    site: TestClient, language: Language
) -> None:
    for name, topic in CATALOGUE.topics.items():
        page = Page(site.get(f"/{language.value}/{name}").text)
        links = {one.get("href") for one in page.all("a")}

        assert CATALOGUE.title(name, language) in page.text
        assert f"/{language.other.value}/{name}" in links
        assert {source.urls[language] for source in topic.sources} - {None} <= links
        if topic.sources and not topic.checked_on:
            assert say("answer.unchecked", language, title="~", url="~").split("[")[0] in page.text


def test_the_first_page_offers_both_languages_as_equals(site: TestClient) -> None:
    page = Page(site.get("/").text)
    sections = [one["lang"] for one in page.all("section")]

    assert sections == ["cy", "en"]
    for language in Language:
        assert f"/{language.value}" in {one.get("href") for one in page.all("a")}
        for key in ("tagline", "no_names", "a_program"):
            assert say(f"page.{key}", language) in page.text
        assert say("page.run_by", language, operator="Cyswllt (demo)") in page.text


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/api/v1/openapi.json"])
def test_pages_leave_other_addresses_alone(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 200


ASKED = {
    Language.WELSH: ("sut mae anfon arian", "send_money"),
    Language.ENGLISH: ("how do i send money", "send_money"),
}


@LANGUAGES
def test_the_chat_answers_and_keeps_the_transcript(site: TestClient, language: Language) -> None:
    words, topic = ASKED[language]
    first = send(site, chat(site, language), text=words)
    then = send(site, first, payload="letters")

    assert words in then.text
    assert CATALOGUE.title("letters", language) in then.text
    assert CATALOGUE.answer(topic, language).parts["text"].split("\n")[0][:30] in then.text
    assert sum(one.get("id") == "latest" for _, one in then.tags) == 1


@LANGUAGES
def test_the_conversation_stands_in_no_address(site: TestClient, language: Language) -> None:
    page = send(site, chat(site, language), text="helo")
    ticket = page.carried["ticket"]
    addresses = [
        str(v)
        for _, one in page.tags
        for k, v in one.items()
        if k in ("href", "action", "formaction")
    ]

    assert [address for address in addresses if ticket[:20] in address] == []


@LANGUAGES
def test_what_a_person_writes_is_shown_escaped(site: TestClient, language: Language) -> None:
    words = '<script>alert("x")</script> [cliciwch](https://evil.example) & "\''
    page = send(site, chat(site, language), text=words)

    assert words in page.text
    assert page.all("script") == []
    assert "https://evil.example" not in {one.get("href") for one in page.all("a")}


@LANGUAGES
def test_switching_language_keeps_the_conversation(site: TestClient, language: Language) -> None:
    words, topic = ASKED[language]
    talked = send(site, chat(site, language), text=words)
    other = language.other
    fields = {**talked.carried, "do": "switch", "text": "hanner / half"}
    switched = Page(site.post(f"/{other.value}", data=fields).text)
    then = send(site, switched, payload=switched.payloads[0])

    assert other.value == switched.language == then.language
    assert words in switched.text
    assert switched.typed == "hanner / half"
    assert talked.carried["ticket"] == switched.carried["ticket"]
    assert topic == switched.payloads[0]
    assert CATALOGUE.answer(topic, other).parts["text"].split("\n")[0][:30] in then.text
    assert words in then.text


@LANGUAGES
def test_a_chosen_language_sticks(site: TestClient, language: Language) -> None:
    """Words of the other language do not turn back what the person chose."""
    other = language.other
    talked = send(site, chat(site, language), payload="letters")
    switched = Page(site.post(f"/{other.value}", data={**talked.carried, "do": "switch"}).text)
    then = send(site, switched, text=ASKED[language][0])

    assert other.value == then.language


@LANGUAGES
def test_the_page_follows_the_language_of_the_words(site: TestClient, language: Language) -> None:
    page = send(site, chat(site, language), text=ASKED[language.other][0])

    assert language.other.value == page.language


@LANGUAGES
@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"text": "   "}, 422, "empty"),
        ({"text": "a" * 2001}, 413, "too_long"),
        ({"payload": "/restart", "text": "hanner"}, 400, "malformed"),
        ({"payload": "book_visit?prison=<b>", "text": "hanner"}, 400, "malformed"),
        ({"ticket": "", "text": "hanner"}, 200, None),
        ({"ticket": "made-up", "text": "hanner"}, 404, "unknown_conversation"),
    ],
)
def test_an_error_is_told_in_the_page_and_the_form_still_works(
    site: TestClient, language: Language, fields: dict[str, str], status: int, kind: str | None
) -> None:
    page = chat(site, language)
    answer = site.post(f"/{language.value}", data={**page.carried, **fields})
    told = Page(answer.text)

    assert status == answer.status_code
    if kind:
        assert language.value == told.language
        assert say(f"problem.{kind}.title", language) in told.text
        assert escape(fields.get("text", "")) == told.typed
    assert "anfon" in send(site, told, text="anfon arian").text


@LANGUAGES
def test_a_deleted_chat_can_be_begun_anew(site: TestClient, language: Language) -> None:
    words = ASKED[language][0]
    page = send(site, chat(site, language), text=words)
    gone = send(site, page, do="erase")
    late = site.post(f"/{language.value}", data={**page.carried, "text": "rhywbeth"})
    told = Page(late.text)

    assert say("page.erased", language) in gone.text
    assert words not in gone.text
    assert late.status_code == 410
    assert told.typed == "rhywbeth"
    assert page.carried["ticket"] != told.carried["ticket"]
    assert site.post(f"/{told.language}", data={**told.carried, "text": "x"}).status_code == 200


@LANGUAGES
def test_deleting_by_a_button_ends_the_chat(site: TestClient, language: Language) -> None:
    words = ASKED[language][0]
    page = send(site, chat(site, language), text=words)
    gone = send(site, page, payload="delete_chat")

    assert say("page.erased", language) in gone.text
    assert words not in gone.html


def test_the_same_page_sent_twice_is_one_message(site: TestClient) -> None:
    page = chat(site, Language.WELSH)
    once, again = (send(site, page, text="sut mae anfon arian") for _ in range(2))
    other = send(site, page, text="sut mae anfon llythyr")

    secret = "a secret of the tests"
    said = [
        unpack(secret, one.carried["ticket"], one.carried["carried"])[-1] for one in (once, again)
    ]
    assert said[0] == said[1]
    assert "llythyr" in other.text


def test_an_answer_s_page_begins_a_conversation_about_it(site: TestClient) -> None:
    page = Page(site.post("/cy", data={"payload": "letters"}).text)

    assert page.language == "cy"
    assert page.carried["ticket"]
    assert CATALOGUE.title("letters", Language.WELSH) in page.text


@pytest.mark.parametrize("broken", ["", "x", "é.é", "AAAA.é", "%00", "....", "A" * 5000])
def test_a_transcript_that_was_changed_is_not_believed(site: TestClient, broken: str) -> None:
    page = chat(site, Language.WELSH)
    answer = site.post("/cy", data={**page.carried, "carried": broken, "text": "helo"})

    assert answer.status_code == 200


def test_a_transcript_of_another_conversation_is_not_believed() -> None:
    said = [{"said": "helo", "messages": []}]

    assert said == unpack("secret", "one", pack("secret", "one", said))
    assert unpack("secret", "two", pack("secret", "one", said)) == []
    assert unpack("other", "one", pack("secret", "one", said)) == []


@given(st.lists(st.text(max_size=2000), max_size=30))
def test_a_transcript_stays_small_and_whole(texts: list[str]) -> None:
    said: list[dict[str, Any]] = [{"said": text, "messages": []} for text in texts]
    packed = pack("secret", "one", said)
    kept = unpack("secret", "one", packed)

    assert len(packed) <= LARGEST
    assert len(kept) <= LONGEST
    assert said[len(said) - len(kept) :] == kept


def test_a_long_conversation_of_unusual_letters_goes_on(site: TestClient) -> None:
    page = chat(site, Language.WELSH)
    for turn in range(14):
        page = send(site, page, text=f"{turn}" + "😀ŵ" * 900)
        assert page.carried["ticket"]


@LANGUAGES
@pytest.mark.parametrize("how", ["get", "post"])
def test_services_are_found_and_have_pages(site: TestClient, language: Language, how: str) -> None:
    fields = {"q": "", "need": "debt_and_benefits", "place": "Llanelli"}
    path = f"/{language.value}/services"
    answer = site.get(path, params=fields) if how == "get" else site.post(path, data=fields)
    page = Page(answer.text)
    found = [
        str(one["href"]) for one in page.all("a") if str(one.get("href")).startswith(f"{path}/")
    ]

    assert found
    assert site.get(found[0]).status_code == 200


@LANGUAGES
@pytest.mark.parametrize("narrowed", ["phone", "in_welsh", "free", "child"])
def test_a_search_is_narrowed_by_what_is_ticked(
    site: TestClient, language: Language, narrowed: str
) -> None:
    asked = {"need": "mental_health", "place": "Caernarfon"}
    path, ticked = f"/{language.value}/services", {**asked, narrowed: "yes"}
    wide, narrow = (Page(site.post(path, data=fields).text) for fields in (asked, ticked))
    same = {**asked, narrowed: True, "language": language.value}
    found = site.get("/api/v1/services", params=same).json()["services"]
    field = next(one for one in narrow.all("input") if one.get("name") == narrowed)

    assert "checked" in field
    assert _listed(narrow) and _listed(narrow) != _listed(wide)
    assert _listed(narrow) == [one["id"] for one in found]


def _listed(page: Page) -> list[str]:
    links = [str(one.get("href")) for one in page.all("a")]
    return [link.rsplit("/", 1)[1] for link in links if re.match("/../services/.", link)]


@LANGUAGES
def test_a_filter_that_gives_way_is_said_so(site: TestClient, language: Language) -> None:
    asked = {
        "need": "visitor_centre",
        "place": "Berwyn",
        "free": "yes",
        "in_welsh": "yes",
        "phone": "yes",
    }
    answer = site.post(f"/{language.value}/services", data=asked)
    told = [say(f"services.nothing.{each}", language) for each in ("free", "in_welsh", "phone")]
    assert any(each.split(",")[0] in answer.text for each in told)


@LANGUAGES
@pytest.mark.parametrize(
    "fields",
    [
        {"q": "help", "child": "nine", "free": "perhaps"},
        {"place": "'; DROP TABLE service; --"},
        {"place": "x" * 5000},
        {"place": "ZZ99 9ZZ"},
        {"place": "😀"},
        {"need": "no-such-need"},
        {"q": "\x00", "skipped": "-1"},
        {"q": "pres", "skipped": "٣"},
        {"q": "pres", "skipped": "9999"},
    ],
)
def test_odd_searches_get_an_answer(
    site: TestClient, language: Language, fields: dict[str, str]
) -> None:
    answer = site.post(f"/{language.value}/services", data=fields)

    assert answer.status_code == 200
    assert say("page.results", language) in answer.text


@LANGUAGES
def test_a_place_nobody_knows_is_said_so(site: TestClient, language: Language) -> None:
    answer = site.post(
        f"/{language.value}/services", data={"need": "debt_and_benefits", "place": "Xyzzyville"}
    )

    assert say("page.place_unknown", language)[:40] in answer.text


@LANGUAGES
def test_a_prison_page_says_what_is_not_known(site: TestClient, language: Language) -> None:
    page = Page(site.get(f"/{language.value}/prisons/cardiff").text)
    links = {one.get("href") for one in page.all("a")}

    assert say("page.not_known", language) in page.text
    assert say("page.prison_unchecked", language) in page.text
    assert any(str(link).startswith("tel:029") for link in links)
    assert f"/{language.other.value}/prisons/cardiff" in links


@LANGUAGES
@pytest.mark.parametrize(
    "prison", ["berwyn", "cardiff", "swansea", "parc", "usk", "prescoed", "eastwood-park", "styal"]
)
def test_each_line_of_a_prison_has_its_date_and_the_rest_says_whom_to_ask(
    site: TestClient, language: Language, prison: str
) -> None:
    html = unescape(site.get(f"/{language.value}/prisons/{prison}").text)
    *known, unknown = re.findall(r"<section>(.*?)</section>", html, re.DOTALL)
    dated = re.compile(
        "|".join(
            re.escape(say(key, language, day="@")).replace("@", "[^<]+")
            for key in ("answer.as_of", "answer.checked", "page.no_date")
        )
    )
    whom = re.findall(r'href="(tel:\d+|https://www\.gov\.uk/[^"]+)"', unknown)

    assert known and all(dated.search(section) for section in known)
    assert say("page.not_known", language) in unknown and whom
    assert re.findall(rf'href="/{language.value}/\w+"', unknown)


@LANGUAGES
@pytest.mark.parametrize(
    "path", ["/services", "/services/prisoners-families-helpline", "/prisons", "/prisons/cardiff"]
)
def test_a_directory_that_is_down_gives_the_helpline(
    door: TestClient, language: Language, path: str
) -> None:
    answer = door.get(f"/{language.value}{path}")

    assert answer.status_code == 503
    assert 'href="tel:08088082003"' in answer.text
    assert language.value == Page(answer.text).language


@LANGUAGES
def test_the_chat_goes_on_without_a_database(
    chosen: Settings, language: Language, tmp_path: Path
) -> None:
    settings = replace(chosen, database_url=f"sqlite:///{tmp_path}/no/such/folder/x.db")
    with TestClient(
        create(settings), raise_server_exceptions=False, client=("127.0.0.1", 50000)
    ) as client:
        page = send(client, chat(client, language), text=ASKED[language][0])
        erased = client.post(f"/{language.value}", data={**page.carried, "do": "erase"})

    assert CATALOGUE.answer("send_money", language).parts["text"][:30] in page.text
    assert erased.status_code == 503
    assert say("problem.busy.title", language) in erased.text


@LANGUAGES
def test_too_many_messages_are_asked_to_wait_in_the_page(
    door: TestClient, language: Language
) -> None:
    page = chat(door, language)
    answers = [
        door.post(f"/{language.value}", data={**page.carried, "text": f"helo {turn}"})
        for turn in range(25)
    ]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert say("problem.too_many.title", language) in refused[0].text


def test_no_word_of_the_form_is_stored(site: TestClient, directory_file: Path) -> None:
    send(site, chat(site, Language.WELSH), text="sut mae anfon arian cwtshlyd")
    site.post("/cy/services", data={"q": "cwtshlyd", "place": "cwtshlyd"})

    kept = b"".join(
        one.read_bytes() for one in directory_file.parent.glob(f"{directory_file.name}*")
    )
    assert b"cwtshlyd" not in kept


def test_the_stylesheet_is_small_and_kept_for_good(site: TestClient) -> None:
    href = str(Page(site.get("/").text).all("link")[0]["href"])
    answer = site.get(href)

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert len(STYLE.read_bytes()) < 12 * 1024
    assert "http" not in re.sub(r'a\[href\^="http"\]', "", answer.text)
    assert re.search(r"@media print \{[^}]*\.ask[^}]*display: none", answer.text)


@pytest.mark.parametrize(
    ("value", "cy", "en"),
    [
        ("2026-08-21", "21 Awst 2026", "21 August 2026"),
        ("2026-02-03", "3 Chwefror 2026", "3 February 2026"),
        ("2022-10", "Hydref 2022", "October 2022"),
        ("2021", "2021", "2021"),
    ],
)
def test_days_are_written_out(value: str, cy: str, en: str) -> None:
    assert (cy, en) == (
        written_day(value, Language.WELSH),
        written_day(value, Language.ENGLISH),
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un.\n\nDau.", "<p>Un.</p>\n<p>Dau.</p>"),
        ("Ewch â:\n- ID\n- dŵr", "<p>Ewch â:</p>\n<ul><li>ID</li><li>dŵr</li></ul>"),
        ("[999](tel:999)", '<p><a href="tel:999">999</a></p>'),
        ("[a](https://b.cymru/?c=d&e=f)", '<p><a href="https://b.cymru/?c=d&amp;e=f">a</a></p>'),
        ("[a](mailto:b@c.cymru)", '<p><a href="mailto:b@c.cymru">a</a></p>'),
        ("[a](javascript:alert)", "<p>[a](javascript:alert)</p>"),
        ("[a](http://b.cymru)", "<p>[a](http://b.cymru)</p>"),
        ('[a](https://b"onclick="c)', '<p><a href="https://b&#34;onclick=&#34;c">a</a></p>'),
        ("<b>", "<p>&lt;b&gt;</p>"),
    ],
)
def test_markup(text: str, html: str) -> None:
    assert html == str(render(text))


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


PIECES = st.sampled_from(
    [*"[]()<>\"'& aŵ\n\x00\u2028", "](", "- ", "\n\n", "]]", "((", "<script>", "onclick="]
    + [f"{scheme}:" for scheme in ("https", "tel", "mailto", "javascript", "data")]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_markup_never_lets_anything_else_through(text: str) -> None:
    for tag, attributes in _Tags(str(render(text))).seen:
        assert tag in {"p", "ul", "li", "a", "br"}
        assert attributes.keys() == ({"href"} if tag == "a" else set())
        if tag == "a":
            assert str(attributes["href"]).startswith(("https://", "tel:", "mailto:"))


def test_the_directory_of_these_tests_is_seeded(directory_file: Path) -> None:
    with engine(f"sqlite:///{directory_file}").connect() as lent:
        assert lent.scalar(sa.text("SELECT count(*) FROM service")) > 50
