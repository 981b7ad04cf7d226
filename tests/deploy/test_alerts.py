"""Every alarm watches something that a gateway does tell, and says what to do."""

from __future__ import annotations

import re

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import ROOT
from tests.gateway.conftest import chosen, door  # noqa: F401  # fixtures

GROUPS = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text("utf-8"))["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
HEADINGS = re.findall(r"^### (.+)$", (ROOT / "docs" / "scaling.md").read_text("utf-8"), re.M)
FAMILIES = re.compile(r"\b(?:cyswllt|process)_\w+")
PROMETHEUS_OWN = {"up"}


def named(expression: str) -> set[str]:
    return set(FAMILIES.findall(expression))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_says_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"].endswith((".", "?"))
    anchors = {heading.lower().replace(" ", "-") for heading in HEADINGS}
    assert rule["annotations"]["runbook"] in anchors
    assert named(str(rule["expr"])) or PROMETHEUS_OWN & set(re.findall(r"\w+", str(rule["expr"])))


def test_every_metric_is_one_that_a_gateway_tells(door: TestClient) -> None:  # noqa: F811
    page = door.get("/metrics").text
    told = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    told |= {
        each.name for family in text_string_to_metric_families(page) for each in family.samples
    }
    asked = set[str]().union(*(named(rule["expr"]) for rule in RULES))
    assert asked
    assert asked <= told


def test_labels_that_alarms_ask_for_are_used(door: TestClient) -> None:  # noqa: F811
    page = door.get("/metrics").text
    for part in re.findall(r'part="(\w+)"', " ".join(rule["expr"] for rule in RULES)):
        assert f'cyswllt_part_down_total{{part="{part}"}}' in page


def test_a_database_that_is_down_is_counted(door: TestClient) -> None:  # noqa: F811
    def counted() -> float:
        return REGISTRY.get_sample_value("cyswllt_part_down_total", {"part": "database"}) or 0.0

    before = counted()
    door.app.state.door.say_unavailable()  # type: ignore[attr-defined]
    assert counted() == before + 1
