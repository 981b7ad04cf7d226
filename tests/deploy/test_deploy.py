"""What deploy/ says is valid, names only what there is, and leaves nothing open."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate
import pytest
import yaml

from bot.settings import ROOT, Settings
from launcher.run import PARTS
from tests.deploy.test_settings import documented

DEPLOY = ROOT / "deploy"
KUBECTL = Path(sys.executable).parent / "kubectl"
SCHEMA = "1.32"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
IMAGES = {"cyswllt-web": "Containerfile.web", "cyswllt-engine": "Containerfile.engine"}
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] in IMAGES]
PORTS = {Settings().port, Settings().editor_port, 5005, 5055}


def rendered() -> list[dict[str, Any]]:
    """Return what the overlay makes of the manifests."""
    command = [KUBECTL, "kustomize", DEPLOY / "kubernetes" / "production"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


OBJECTS = rendered()
PODS = {
    each["metadata"]["name"]: each["spec"]["template"]["spec"]
    for each in OBJECTS
    if each["kind"] in ("Deployment", "Job")
}
CONTAINERS = [
    pytest.param(pod, container, id=f"{name}-{container['name']}")
    for name, pod in PODS.items()
    for container in (*pod.get("initContainers", ()), *pod["containers"])
]


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


# --- Kubernetes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", OBJECTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}"
)
def test_every_manifest_is_what_kubernetes_takes(given: dict[str, Any]) -> None:
    kubernetes_validate.validate(given, SCHEMA, strict=True)


def test_the_schemas_do_refuse() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prts": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, SCHEMA, strict=True)


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_every_container_is_locked_down(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    own = container["securityContext"]
    assert own["readOnlyRootFilesystem"]
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}


@pytest.mark.parametrize("name", ["gateway", "engine"])
def test_what_answers_families_is_twofold(name: str) -> None:
    scaler = of_kind("HorizontalPodAutoscaler")[name]["spec"]
    assert scaler["minReplicas"] >= 2
    assert scaler["scaleTargetRef"]["name"] in of_kind("Deployment")
    assert of_kind("PodDisruptionBudget")[name]["spec"]["minAvailable"] >= 1
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= PODS[name]["containers"][0].keys()


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_gateway_without_engine_still_answers_families(probe: str) -> None:
    """/readyz is 503 when the engine is down: as a probe it would take the written answers away too."""
    assert PODS["gateway"]["containers"][0][probe]["httpGet"]["path"] == "/healthz"


def test_engines_are_reached_by_gateways_and_desk_alone() -> None:
    policies = {name: each["spec"] for name, each in of_kind("NetworkPolicy").items()}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = policies["engine"]["ingress"]
    callers = [each["podSelector"]["matchLabels"]["app"] for each in rule["from"]]
    assert callers == ["gateway", "editor"]
    for name in ("gateway", "editor"):
        (rule,) = policies[name]["ingress"]
        assert {"port": PODS[name]["containers"][0]["ports"][0]["containerPort"]} in rule["ports"]


def test_services_find_their_pods() -> None:
    for name, service in of_kind("Service").items():
        (port,) = service["spec"]["ports"]
        assert service["spec"]["selector"] == {"app": name}
        assert port["targetPort"] in {each["name"] for each in PODS[name]["containers"][0]["ports"]}
    (path,) = of_kind("Ingress")["gateway"]["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] in of_kind("Service")


def test_no_secret_is_in_the_manifests() -> None:
    assert not of_kind("Secret")
    secret = re.compile("SECRET|TOKEN|DATABASE_URL|REDIS_URL")
    for pod in PODS.values():
        for each in pod["containers"][0]["env"]:
            assert ("secretKeyRef" in each.get("valueFrom", {})) == bool(
                secret.search(each["name"])
            )


# --- compose ------------------------------------------------------------------------------------


def test_compose_is_what_the_specification_says() -> None:
    compose_spec.PyCompose.from_json(json.dumps(COMPOSE)).validate()
    wrong = {"services": {"x": {"image": "x", "prots": ["1:1"]}}}
    with pytest.raises(ValueError, match="prots"):
        compose_spec.PyCompose.from_json(json.dumps(wrong)).validate()


def test_there_are_two_of_everything_a_message_passes() -> None:
    assert {"gateway-a", "gateway-b", "engine-a", "engine-b"} <= COMPOSE["services"].keys()
    engines = [COMPOSE["services"][f"engine-{letter}"]["environment"] for letter in "ab"]
    assert [each["CYSWLLT_ENGINE_URL"] for each in engines] == [
        "http://engine-a:5005",
        "http://engine-b:5005",
    ]


@pytest.mark.parametrize("name", [*OURS, "proxy", "redis"])
def test_every_service_is_locked_down(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    if name in OURS:
        assert service["mem_limit"]
        assert "healthcheck" in service


def test_only_the_proxy_is_open_to_the_world() -> None:
    for name, service in COMPOSE["services"].items():
        open_ports = [
            port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")
        ]
        assert bool(open_ports) == (name == "proxy")
        assert "engines" not in service["networks"] or name in OURS


def test_the_proxy_knows_every_gateway_and_shows_no_metrics() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    named = set(re.findall(r"^\s+server (\S+):8080 ", text, re.M))
    assert named == {name for name in COMPOSE["services"] if name.startswith("gateway")}
    assert re.search(r"location = /metrics \{\s+return 404;", text)
    assert "access_log off;" in text


# --- both, and the images -----------------------------------------------------------------------


def _variables() -> Iterator[str]:
    for name in OURS:
        yield from COMPOSE["services"][name].get("environment", {})
    yield from of_kind("ConfigMap")["cyswllt-settings"]["data"]
    for pod in PODS.values():
        yield from (each["name"] for each in pod["containers"][0]["env"])


def test_every_variable_is_a_setting() -> None:
    assert set(_variables()) - {"POD_IP"} <= documented()


def _commands() -> Iterator[tuple[str, list[str]]]:
    for name in OURS:
        service = COMPOSE["services"][name]
        yield service["image"], service.get("command") or _default(service["image"])
    for pod in PODS.values():
        for each in pod["containers"]:
            yield each["image"].rpartition("/")[2].partition(":")[0], each["command"]


def _default(image: str) -> list[str]:
    (given,) = re.findall(r"^CMD (\[.*\])$", _recipe(image), re.M)
    return list(yaml.safe_load(given))


def _recipe(image: str) -> str:
    return (DEPLOY / IMAGES[image]).read_text("utf-8")


def test_every_command_is_an_entry_point_that_its_image_has() -> None:
    for image, command in _commands():
        if command[0] == "sh":
            script = command[1].removeprefix("/srv/cyswllt/")
            assert f"COPY {script} " in _recipe(image)
            assert (ROOT / script).is_file()
            continue
        assert command[:2] == ["python", "-m"]
        package = command[2]
        assert (ROOT / package / "__main__.py").is_file()
        assert f"COPY {package} {package}\n" in _recipe(image)
        if package == "launcher":
            assert command[3:] in (["prepare"], *(["run", "--only", part] for part in PARTS))


def test_every_port_is_one_that_somebody_listens_on() -> None:
    said = {
        int(port)
        for recipe in IMAGES
        for line in re.findall(r"^EXPOSE (.*)$", _recipe(recipe), re.M)
        for port in line.split()
    }
    for pod in PODS.values():
        said |= {
            port["containerPort"] for each in pod["containers"] for port in each.get("ports", ())
        }
    addresses = re.findall(r"http://[^/\s'\"]+:(\d+)", (DEPLOY / "compose.yml").read_text("utf-8"))
    assert said | set(map(int, addresses)) <= PORTS


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_runs_without_root_from_locked_requirements(image: str) -> None:
    recipe = _recipe(image)
    assert "USER 10001:10001" in recipe
    assert "dev." not in recipe
    for line in re.findall(r"^.*pip install.*$", recipe, re.M):
        assert "--require-hashes" in line
    for source in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.*) \S+$", recipe, re.M):
        assert all((ROOT / name).exists() for name in source.split()), source


@pytest.mark.parametrize(
    ("image", "imported"),
    [
        ("cyswllt-web", "gateway.app, gateway.__main__"),
        (
            "cyswllt-engine",
            "launcher.run, launcher.publish, actions.__main__, editor.app, gateway.app",
        ),
    ],
)
def test_an_image_holds_all_that_its_code_imports(
    image: str, imported: str, tmp_path: Path
) -> None:
    """Lay out what the recipe copies, and import it from there."""
    for source in re.findall(r"^COPY (?!--)(.*) \S+$", _recipe(image).rpartition("FROM")[2], re.M):
        for name in source.split():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).symlink_to(ROOT / name)
    subprocess.run(
        [sys.executable, "-c", f"import {imported}"], cwd=tmp_path, check=True, timeout=120
    )
