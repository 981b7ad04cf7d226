"""Build a release: content, word counts and Rasa's model, signed. Kept by fingerprint."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import yaml

from bot import keywords, language_id
from bot.examples import examples
from bot.release import (
    Release,
    UntrustedRelease,
    current,
    fingerprint,
    mark_of,
    name,
    prune,
    publish,
    seal,
)
from bot.settings import ROOT, VAR, Settings, settings
from bot.words import fold, tokens
from launcher.setup import ENGINE, PYTHON, step


class TrainingFailed(Exception):
    """Rasa could not train; the log says why."""


def secret() -> str:
    """Return `CYSWLLT_SECRET`, or the secret this machine made for itself the first time."""
    if given := os.environ.get("CYSWLLT_SECRET"):
        return given
    path = VAR / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()


def chosen() -> Settings:
    """Return the settings of the environment, with a secret in any case."""
    return replace(settings(), secret=secret())


def release(chosen: Settings, force: bool = False) -> Release:
    """Return the release of the content as it is now, building it if there is none."""
    releases = Path(chosen.releases)
    mark = fingerprint(ROOT)
    try:
        running = current(releases, chosen.secret)
        if not force and mark_of(running.folder) == mark:
            return running
    except UntrustedRelease:
        pass
    made = build(releases, chosen.secret, mark)
    publish(releases, made)
    prune(releases)
    return made


def build(releases: Path, key: str, mark: str) -> Release:
    """Build and sign a release without making it the one that runs."""
    draft = releases / f".draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with step("content and word counts"):
        write_content(draft)
    with step("training Rasa"):
        _train(draft)
    folder = releases / name(mark)
    draft.rename(folder)
    return seal(folder, key, mark)


def write_content(draft: Path) -> None:
    """Write all of a release but Rasa's model: what gateway and actions read."""
    shutil.copytree(ROOT / "bot/content", draft / "content")
    for data in ("prisons.yml", "places.yml"):
        shutil.copy(ROOT / "directory/data" / data, draft / data)
    (draft / "words.json").write_text(json.dumps(_words()))


def _words() -> dict[str, object]:
    said = list(examples())
    languages = language_id.train((each.language, each.text) for each in said)
    topics = keywords.train((each.intent, each.text) for each in said)
    return {"languages": vars(languages), "keywords": vars(topics), "names": sorted(_names())}


def _names() -> set[str]:
    """Collect the words of names, which say nothing about the language they stand in."""
    found: set[str] = set()
    for data, key in (("prisons", "prisons"), ("places", "places")):
        listed = yaml.load(
            (ROOT / f"directory/data/{data}.yml").read_text("utf-8"), yaml.CSafeLoader
        )
        for entry in listed[key]:
            for field in ("name_en", "name_cy", "short_en", "short_cy", "en", "cy"):
                found.update(word for word in tokens(fold(entry.get(field) or "")) if len(word) > 3)
    return found - {"carchar", "prison", "saint", "the", "port"}


def _train(draft: Path) -> None:
    """Run `rasa train`, showing that it is alive; TrainingFailed carries the end of its log."""
    log = VAR / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(ENGINE / PYTHON), "-m", "rasa", "train", "--config", "config.yml", "--domain", "bot/domain",
        "--data", "nlu", "bot/rules", "--out", str(draft), "--fixed-model-name", "model", "--force",
    ]  # fmt: skip
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=engine_environment(), stdout=out, stderr=out
        )
        started = time.monotonic()
        while process.poll() is None:
            time.sleep(0.5)
            if int(time.monotonic() - started) % 20 == 19:
                print(f"    still training ({time.monotonic() - started:.0f} s)", flush=True)
                time.sleep(1)
    if process.returncode or not (draft / "model.tar.gz").is_file():
        told = "\n  ".join(log.read_text().strip().splitlines()[-12:])
        raise TrainingFailed(f"Rasa could not train. The end of {log} says:\n  {told}")


def engine_environment(**more: str) -> dict[str, str]:
    """Return the environment Rasa runs in: our code importable, telemetry off, TensorFlow quiet."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
        "RASA_CACHE_DIRECTORY": str(VAR / "rasa-cache"),
        **more,
    }
