"""Gives and takes services as Open Referral UK JSON (HSDS-UK 3), so that councils can share them.

HSDS has one text where we have two. The page's main fields carry one language; the twin, and all that
HSDS has no field for, travels in `attributes` and in an `x_cyswllt` object, so that nothing is lost on
the way back. `schema/hsds_uk_service.json` was written by us from the field definitions of HSDS-UK 3.0;
it is not the published schema.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError

from bot.language import Language
from directory.cards import in_language
from directory.errors import InvalidFile
from directory.files import Contents, Found, Problem
from directory.records import Organization, Service
from directory.storage import KIND, stored

SCHEMA = Path(__file__).parent / "schema" / "hsds_uk_service.json"
_OURS = "x_cyswllt"
# Ids of HSDS are UUIDs; ours are names, and always give the same UUID.
_NAMESPACE = uuid.UUID("6d0f2c58-9f5a-5b1e-8a55-2f3f6d1f4c11")
_EXTENT = {"uk": "United Kingdom", "england_and_wales": "England and Wales", "wales": "Wales"}

Json = dict[str, Any]


def identity(kind: str, name: str) -> str:
    """Return the UUID of a record of ours."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name}"))


def export(connection: sa.Connection, language: Language = Language.ENGLISH) -> list[Json]:
    """Return every service as an HSDS-UK service, its main texts in *language*."""
    services = [
        one for one in stored(connection, KIND["service"]).values() if isinstance(one, Service)
    ]
    kept = stored(connection, KIND["organization"])
    organizations = {key: one for key, one in kept.items() if isinstance(one, Organization)}
    return [_service(one, organizations[one.organization], language) for one in services]


def _service(service: Service, organization: Organization, language: Language) -> Json:
    """Return one service as HSDS has it, and as we have it."""
    eligible = service.eligibility
    fields: Json = {
        "id": identity("service", service.id),
        "name": in_language(service, "name", language) or service.name_en,
        "description": in_language(service, "description", language),
        "url": in_language(service, "url", language) or service.url,
        "email": in_language(service, "email", language) or service.email,
        "status": service.status,
        "eligibility_description": eligible and in_language(eligible, "eligibility", language),
        "minimum_age": eligible and eligible.minimum_age,
        "maximum_age": eligible and eligible.maximum_age,
        "assured_date": service.checked_on and service.checked_on.isoformat(),
        "organization": _organization(organization, language),
        **_parts(service, language),
        _OURS: {
            "service": service.model_dump(mode="json", exclude_defaults=True),
            "organization": organization.model_dump(mode="json", exclude_defaults=True),
        },
    }
    return {name: value for name, value in fields.items() if value is not None}


def _organization(organization: Organization, language: Language) -> Json:
    name = in_language(organization, "name", language) or organization.name_en
    described = in_language(organization, "description", language) or name
    website = in_language(organization, "url", language) or organization.url
    found = {
        "id": identity("organization", organization.id),
        "name": name,
        "description": described,
        "website": website,
    }
    return {key: value for key, value in found.items() if value is not None}


def _parts(service: Service, language: Language) -> Json:
    """Return the lists that belong to a service."""
    return {
        "phones": [_phone(service, at, language) for at in range(len(service.phones))],
        "schedules": [_schedule(service, at) for at in range(len(service.schedule))],
        "languages": _languages(service),
        "service_areas": _service_areas(service),
        "cost_options": [
            {"id": identity("cost", f"{service.id}:{at}"), "option": option, "amount": cost.amount}
            for at, cost in enumerate(service.costs)
            if (option := in_language(cost, "option", language) or "") is not None
        ],
        "attributes": [_attribute(service, need) for need in service.needs],
    }


def _phone(service: Service, at: int, language: Language) -> Json:
    line = service.phones[at]
    described = in_language(line, "description", language)
    found: Json = {
        "id": identity("phone", f"{service.id}:{at}"),
        "number": line.number,
        "type": line.type,
        **({"description": described} if described else {}),
    }
    if line.language:
        spoken = {"id": identity("phone language", f"{service.id}:{at}"), "code": line.language}
        found["languages"] = [spoken]
    return found


def _schedule(service: Service, at: int) -> Json:
    """Return weekly hours as an iCalendar rule; midnight at the end of a day is 23:59 in HSDS."""
    hours = service.schedule[at]
    return {
        "id": identity("schedule", f"{service.id}:{at}"),
        "freq": "WEEKLY",
        "byday": hours.byday,
        "opens_at": hours.opens_at,
        "closes_at": "23:59" if hours.closes_at == "24:00" else hours.closes_at,
    }


def _languages(service: Service) -> list[Json]:
    codes = [
        *(["cy"] if service.welsh in ("yes", "partly") else []),
        *(s.code for s in service.languages),
    ]
    return [
        {"id": identity("language", f"{service.id}:{code}"), "code": code}
        for code in dict.fromkeys(codes)
    ]


def _service_areas(service: Service) -> list[Json]:
    """Return the areas served: authorities by id, or a whole country by name."""
    names = service.authorities or [_EXTENT.get(service.coverage, service.coverage)]
    return [{"id": identity("area", f"{service.id}:{name}"), "name": name} for name in names]


def _attribute(service: Service, need: str) -> Json:
    """Tag a service with a kind of help."""
    return {
        "id": identity("attribute", f"{service.id}:{need}"),
        "link_entity": "service",
        "link_id": identity("service", service.id),
        "taxonomy_term": {
            "id": identity("need", need),
            "code": need,
            "name": need.replace("_", " "),
            "description": need.replace("_", " "),
            "taxonomy": "cyswllt need",
        },
    }


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def faults(services: Iterable[Any]) -> list[str]:
    """Return what is wrong with each service by our reading of the schema; nothing if all is well."""
    found = []
    for at, service in enumerate(services):
        error = best_match(_validator().iter_errors(service))
        if error is not None:
            where = "/".join(str(part) for part in error.absolute_path)
            found.append(f"service {at}: {where}: {error.message[:200]}")
    return found


def read(path: Path) -> Contents:
    """Read a file of HSDS-UK services: one service, a list, or a page with `contents`."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidFile(f"{path.name}: is not JSON: {error}") from error
    problems: list[Problem] = []
    records: dict[str, dict[str, Found]] = {"service": {}, "organization": {}}
    for at, one in enumerate(_list_of(held)):
        fault = faults([one])
        if fault:
            problems.append(Problem(path.name, at + 1, _named(one), fault[0]))
            continue
        _take(one, path.name, at, records, problems)
    return Contents({kind: list(found.values()) for kind, found in records.items()}, problems)


def _list_of(held: Any) -> Sequence[Any]:
    """Return the services of a page, of a list, or the one service there is."""
    if isinstance(held, Mapping) and isinstance(held.get("contents"), list):
        return list(held["contents"])
    return held if isinstance(held, list) else [held]


def _named(one: Any) -> str:
    return str(one.get("name", "service"))[:80] if isinstance(one, Mapping) else "service"


def _take(
    one: Json, file: str, at: int, records: dict[str, dict[str, Found]], problems: list[Problem]
) -> None:
    """Turn one service of HSDS into records of ours."""
    ours = one.get(_OURS) or _from_elsewhere(one)
    try:
        service = Service.model_validate(ours["service"])
        organization = Organization.model_validate(ours["organization"])
    except (ValidationError, KeyError, TypeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else "is incomplete"
        problems.append(Problem(file, at + 1, _named(one), reason))
        return
    records["organization"].setdefault(organization.id, Found(organization, file, at + 1, at))
    records["service"][service.id] = Found(service, file, at + 1, at)


def _from_elsewhere(one: Json) -> Json:
    """Read a service that others wrote: in one language, unconfirmed, so of low confidence.

    The description stands in both languages until an editor writes its twin; low keeps it honest.
    """
    organization = one.get("organization") or {}
    note = "Open Referral UK file, one language only: write the twin before raising"
    unconfirmed = {"confidence": "low", "provenance": [{"note": note}]}
    body = f"uk-{str(organization.get('id', one['id'])).lower()}"
    described = one.get("description") or one["name"]
    service = {
        "id": f"uk-{one['id'].lower()}",
        "organization": body,
        "name_en": one["name"],
        "description_cy": described,
        "description_en": described,
        "relevance": "secondary",
        "status": "active" if one.get("status") == "active" else "inactive",
        "url": one.get("url"),
        "email": one.get("email"),
        **_parts_from(one),
        **_areas_from(one),
        **unconfirmed,
    }
    theirs = {"id": body, "name_en": organization.get("name") or one["name"], **unconfirmed}
    return {"service": service, "organization": theirs}


def _parts_from(one: Json) -> Json:
    """Return needs, eligibility, phones and hours as far as they are told."""
    terms = (tag.get("taxonomy_term") or {} for tag in one.get("attributes", []))
    return {
        "needs": [term["code"] for term in terms if term.get("code")] or ["advice"],
        "eligibility": {
            "eligibility_en": one.get("eligibility_description"),
            "minimum_age": one.get("minimum_age"),
            "maximum_age": one.get("maximum_age"),
        },
        "phones": [{"number": line["number"]} for line in one.get("phones", [])],
        "schedule": [_opening(rule) for rule in one.get("schedules", []) if _is_weekly(rule)],
    }


def _is_weekly(rule: Json) -> bool:
    return rule.get("freq") == "WEEKLY" and all(
        rule.get(key) for key in ("byday", "opens_at", "closes_at")
    )


def _opening(rule: Json) -> Json:
    """Return hours; what ends at 23:59 ends at midnight."""
    closes = str(rule["closes_at"])[:5]
    return {
        "byday": rule["byday"],
        "opens_at": str(rule["opens_at"])[:5],
        "closes_at": "24:00" if closes == "23:59" else closes,
    }


def _areas_from(one: Json) -> Json:
    """Return coverage and authorities; an area we cannot place is taken for Wales."""
    names = [str(area.get("name") or "") for area in one.get("service_areas", [])]
    wide = {name: coverage for coverage, name in _EXTENT.items()}
    for name in names:
        if name in wide:
            return {"coverage": wide[name]}
    return {"coverage": "wales"}
