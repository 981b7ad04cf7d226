"""The tables of the directory, under the names of Open Referral UK (HSDS 3) where it has one.

What HSDS does not have is named for what it is: prison, prison_fact, local_authority, outcode, place.
Texts for people come in pairs, `_cy` and `_en`. A record that an editor confirms (organization,
service, prison, prison_fact, local_authority, outcode, place) says where it comes from:

- sources: shown to people; official pages or the organisation's own (list of title_cy, title_en, url,
  as_of)
- provenance: not shown; where we learnt it otherwise
- as_of: day, month or year ("2026-09-16", "2022-10", "2021") of the newest source, as that source bore it
- checked_on, checked_by: when a named editor last confirmed it against the live source; null until then
- confidence: high, medium or low
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_JSON = sa.JSON(none_as_null=True)


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.String(100), primary_key=True)


def _position() -> sa.Column[int]:
    """Number the parts of a record, so that they come back in the order they were given."""
    return sa.Column("position", sa.Integer, primary_key=True)


def _place_in_file() -> sa.Column[int]:
    """Number the records of a kind, so that an export has them in the order of the file."""
    return sa.Column("position", sa.Integer, nullable=False, server_default="0")


def _text(name: str, *, required: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=not required)


def _both(name: str, *, required: bool = False) -> tuple[sa.Column[str], sa.Column[str]]:
    """Make the Welsh and the English column of a text; *required* holds for both."""
    return _text(f"{name}_cy", required=required), _text(f"{name}_en", required=required)


def _name() -> tuple[sa.Column[str], sa.Column[str]]:
    """A body without a Welsh name of its own goes by its English one, as proper names do."""
    return _text("name_cy"), _text("name_en", required=True)


def _names(name: str, allowed: tuple[str, ...], *, null: bool = False) -> sa.Column[str]:
    """Make a column that holds one of *allowed*."""
    listed = ", ".join(f"'{value}'" for value in allowed)
    check = sa.CheckConstraint(f"{name} IN ({listed})", name=f"{name}_known")
    return sa.Column(name, sa.String(20), check, nullable=null)


def _belongs_to(table: str, name: str | None = None, *, key: bool = True) -> sa.Column[str]:
    """Refer to the record this row is part of; the row goes when the record goes."""
    reference = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name or f"{table}_id", sa.String(100), reference, primary_key=key)


def _refers_to(table: str) -> sa.Column[str]:
    return sa.Column(f"{table}_id", sa.String(100), sa.ForeignKey(f"{table}.id"))


def _record() -> list[sa.Column[Any]]:
    """Make the columns that say where a record comes from, and its place in its file."""
    return [
        _place_in_file(),
        sa.Column("sources", _JSON, nullable=False),
        sa.Column("provenance", _JSON, nullable=False),
        sa.Column("as_of", sa.String(10)),
        sa.Column("checked_on", sa.Date),
        sa.Column("checked_by", sa.String(100)),
        _names("confidence", ("high", "medium", "low")),
    ]


organization = sa.Table(
    "organization", metadata,
    _id(), *_name(), *_both("description"), _text("url"), _text("url_cy"), *_record(),
)  # fmt: skip

local_authority = sa.Table(
    "local_authority", metadata,
    _id(), *_name(), *_both("council_name"),
    sa.Column("ons_code", sa.String(9), unique=True), sa.Column("region", sa.String(20)),
    sa.Column("lat", sa.Float), sa.Column("lon", sa.Float),
    sa.Column("towns", _JSON), sa.Column("council", _JSON), sa.Column("childrens_services", _JSON),
    # The service record of the Family Information Service; no foreign key, so that order is free.
    sa.Column("fis_service", sa.String(100)), _text("notes"), *_record(),
)  # fmt: skip

outcode = sa.Table(
    "outcode", metadata,
    _id(), _names("status", ("live", "non_geographic", "discontinued")),
    # Ids of authorities, the largest share first; those with a trace only are kept apart.
    sa.Column("local_authorities", _JSON, nullable=False),
    sa.Column("trace_local_authorities", _JSON), sa.Column("partly_in_england", sa.Boolean),
    sa.Column("wales_share", sa.Float), sa.Column("postcodes_seen", sa.Integer),
    sa.Column("post_towns_cy", _JSON), sa.Column("post_towns_en", _JSON),
    sa.Column("lat", sa.Float), sa.Column("lon", sa.Float), *_record(),
)  # fmt: skip

place = sa.Table(
    "place", metadata,
    _id(), *_name(), sa.Column("also", _JSON),
    _names("kind", ("town", "authority", "region", "country", "outside")),
    sa.Column("country", sa.String(20)), sa.Column("authorities", _JSON, nullable=False),
    sa.Column("main", sa.Boolean), sa.Column("border", sa.Boolean),
    sa.Column("lat", sa.Float), sa.Column("lon", sa.Float), _text("position_from"), *_record(),
)  # fmt: skip

prison = sa.Table(
    "prison", metadata,
    _id(), *_name(), *_both("short"), sa.Column("also_known_as", _JSON, nullable=False),
    _text("operator"), sa.Column("holds", sa.String(20)), *_both("category"), *_both("address"),
    sa.Column("postcode", sa.String(8)), _refers_to("local_authority"),
    sa.Column("country", sa.String(20)), sa.Column("lat", sa.Float), sa.Column("lon", sa.Float),
    # Each phone: number, confidence, as_of.
    sa.Column("phone", _JSON), sa.Column("booking_phone", _JSON),
    sa.Column("safer_custody_phone", _JSON), _text("gov_uk_url"), *_record(),
)  # fmt: skip

prison_fact = sa.Table(
    "prison_fact", metadata,
    _belongs_to("prison"), sa.Column("topic", sa.String(50), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    *_both("text", required=True),
    # Null where the fact inherits the prison's.
    *(column for column in _record() if column.name not in ("sources", "provenance", "position")),
    sa.Column("sources", _JSON), sa.Column("provenance", _JSON),
)  # fmt: skip

service = sa.Table(
    "service", metadata,
    _id(), _refers_to("organization"), *_name(), *_both("description"), _text("url"),
    _text("url_cy"), _text("email"), _text("email_cy"), sa.Column("webchat", sa.Boolean),
    sa.Column("status", sa.String(20), nullable=False, server_default="active"),
    _names("relevance", ("core", "secondary", "reference")),
    # What people can count on in Welsh; null is unknown.
    _names("welsh", ("yes", "partly", "no"), null=True),
    _names("coverage", (
        "local", "wales", "england_and_wales", "uk", "england", "scotland", "northern_ireland",
    )),
    _names("bank_holidays", ("open", "closed", "unknown")), *_both("hours_note"),
    _text("notes"), *_record(),
)  # fmt: skip

location = sa.Table(
    "location", metadata,
    _id(), *_name(), *_both("address"), sa.Column("postal_code", sa.String(8)),
    _refers_to("local_authority"),
    sa.Column("latitude", sa.Float), sa.Column("longitude", sa.Float), _place_in_file(),
)  # fmt: skip

service_at_location = sa.Table(
    "service_at_location", metadata,
    _belongs_to("service"), _position(), _belongs_to("location", key=False),
)  # fmt: skip

service_prison = sa.Table(
    "service_prison", metadata,
    _belongs_to("service"), _position(), _belongs_to("prison", key=False),
)  # fmt: skip

phone = sa.Table(
    "phone", metadata,
    _belongs_to("service"), _position(), sa.Column("number", sa.String(30), nullable=False),
    _names("type", ("voice", "text")), sa.Column("extension", sa.String(10)),
    # The word to send to a text line ("SHOUT").
    sa.Column("keyword", sa.String(20)), sa.Column("language", sa.String(2)),
    sa.Column("free", sa.Boolean), *_both("description"),
)  # fmt: skip

schedule = sa.Table(
    "schedule", metadata,
    _belongs_to("service"), _position(),
    # As in iCalendar and HSDS: "MO,TU,WE". Times are local: "09:00"; "24:00" is midnight at the end.
    sa.Column("byday", sa.String(20), nullable=False),
    sa.Column("opens_at", sa.String(5), nullable=False),
    sa.Column("closes_at", sa.String(5), nullable=False), *_both("description"),
)  # fmt: skip

language = sa.Table(
    "language", metadata,
    _belongs_to("service"), _position(), sa.Column("code", sa.String(8), nullable=False),
    _text("note"),
)  # fmt: skip

service_area = sa.Table(
    "service_area", metadata,
    _belongs_to("service"), _position(), _belongs_to("local_authority", key=False),
)  # fmt: skip

eligibility = sa.Table(
    "eligibility", metadata,
    _belongs_to("service"), *_both("eligibility"),
    sa.Column("minimum_age", sa.Integer), sa.Column("maximum_age", sa.Integer), _text("age_note"),
)  # fmt: skip

cost_option = sa.Table(
    "cost_option", metadata,
    _belongs_to("service"), _position(), sa.Column("amount", sa.Float),
    sa.Column("currency", sa.String(3)), *_both("option"),
)  # fmt: skip

contact = sa.Table(
    "contact", metadata,
    _belongs_to("service"), _position(), *_both("name"), *_both("title"), _text("email"),
    sa.Column("phone", sa.String(30)),
)  # fmt: skip

taxonomy_term = sa.Table(
    "taxonomy_term", metadata,
    _id(), *_name(), sa.Column("taxonomy", sa.String(50), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    # The words people use, in each language; read by directory.needs.
    sa.Column("words_cy", _JSON, nullable=False), sa.Column("words_en", _JSON, nullable=False),
    sa.Column("hints_cy", _JSON), sa.Column("hints_en", _JSON), sa.Column("broader", _JSON),
)  # fmt: skip

attribute = sa.Table(
    "attribute", metadata,
    _belongs_to("service"), _position(), _belongs_to("taxonomy_term", key=False),
)  # fmt: skip

# Words about names of places, for bot.gazetteer: weak (also an ordinary word) and ordinary (an ordinary
# word one slip away from a name).
place_word = sa.Table(
    "place_word", metadata,
    _id(), _names("kind", ("weak", "ordinary")), sa.Column("position", sa.Integer, nullable=False),
)  # fmt: skip

# Made by directory.listing from the tables above whenever a service changes: one row for each need a
# service meets in each area it covers, with all that ranking asks. It is what makes search fast.
service_listing = sa.Table(
    "service_listing", metadata,
    sa.Column("term", sa.String(50), primary_key=True),
    sa.Column("area", sa.String(60), primary_key=True), _belongs_to("service"),
    sa.Column("fit", sa.SmallInteger, nullable=False),
    sa.Column("score", sa.SmallInteger, nullable=False),
    sa.Column("reach", sa.SmallInteger, nullable=False),
    sa.Column("welsh", sa.SmallInteger, nullable=False),
    sa.Column("free", sa.SmallInteger, nullable=False),
    sa.Column("has_phone", sa.SmallInteger, nullable=False),
    sa.Column("for_prison", sa.SmallInteger, nullable=False),
    sa.Column("minimum_age", sa.SmallInteger, nullable=False),
    sa.Column("maximum_age", sa.SmallInteger, nullable=False),
    # 0: no hours that may be shown; 1: hours; 2: hours that hold on bank holidays too.
    sa.Column("hours", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
# SQLite keeps the whole row in the primary key; PostgreSQL answers from this index alone.
sa.Index(
    "ix_service_listing_ranking", service_listing.c.term, service_listing.c.area,
    postgresql_include=[
        column.name for column in service_listing.c if column.name not in ("term", "area")
    ],
).ddl_if(dialect="postgresql")  # fmt: skip
sa.Index("ix_service_listing_service_id", service_listing.c.service_id)

service_word = sa.Table(
    "service_word", metadata,
    sa.Column("word", sa.String(60), primary_key=True), _belongs_to("service"),
    # How many words the shortest name holding this word has: "Mind" is all of Mind's name.
    sa.Column("of_words", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
sa.Index("ix_service_word_service_id", service_word.c.service_id)

# A service gathered into one row by directory.gathered, so that searching need not gather it: the telling
# words of its texts in both languages, folded, between spaces (see closeness); its record as JSON, without
# what no card shows; the names it needs of others, and where its places are.
service_text = sa.Table(
    "service_text", metadata,
    _belongs_to("service"), _text("words", required=True), _text("record"), *_both("area"),
    *_both("organization"), *_both("address"), sa.Column("positions", _JSON),
)  # fmt: skip

# Parts of a service, in the order in which they may be written.
SERVICE_PARTS: tuple[sa.Table, ...] = (
    service_at_location, service_prison, phone, schedule, language, service_area, eligibility,
    cost_option, contact, attribute,
)  # fmt: skip
