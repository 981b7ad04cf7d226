"""Build a release: content, word counts and Rasa's model, signed. Kept by fingerprint."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from bot import keywords, language_id
from bot.examples import examples
from bot.release import (
    FIGURES,
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


class TrainingStopped(Exception):
    """Somebody asked the training to stop; nothing is left of it."""


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
    with drafted(releases) as draft:
        fill(draft, ROOT, _say_alive)
        return seal(_named(draft, releases, mark), key, mark)


@contextmanager
def drafted(releases: Path) -> Iterator[Path]:
    """Lend a folder for a release that is being built; what is not sealed is not left behind."""
    for left in releases.glob(".draft-*"):  # by a process that was killed
        if not _lives(int(left.name.partition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    draft = releases / f".draft-{os.getpid()}"
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def fill(draft: Path, root: Path, going: Callable[[float], bool]) -> None:
    """Put everything of a release into *draft*, from the sources below *root*.

    *going* is called with the seconds that training has taken; False stops it: TrainingStopped.
    """
    with step("content and word counts"):
        write_content(draft, root)
    with step("training Rasa"):
        _train(draft, root, going)


def finish(draft: Path, releases: Path, key: str, mark: str, figures: object) -> Release:
    """Give a draft its figures and its name, and sign it: from now on it never changes."""
    (draft / FIGURES).write_text(json.dumps(figures, indent=1))
    return seal(_named(draft, releases, mark), key, mark)


def _named(draft: Path, releases: Path, mark: str) -> Path:
    return draft.rename(releases / name(mark))


def write_content(draft: Path, root: Path = ROOT) -> None:
    """Write all of a release but Rasa's model: what gateway and actions read."""
    shutil.copytree(root / "bot/content", draft / "content")
    for data in ("prisons.yml", "places.yml"):
        shutil.copy(root / "directory/data" / data, draft / data)
    (draft / "words.json").write_text(json.dumps(_words(root)))


def _words(root: Path) -> dict[str, object]:
    said = list(examples(root / "nlu"))
    languages = language_id.train((each.language, each.text) for each in said)
    topics = keywords.train((each.intent, each.text) for each in said)
    return {"languages": vars(languages), "keywords": vars(topics), "names": sorted(_names(root))}


def _names(root: Path) -> set[str]:
    """Collect the words of names, which say nothing about the language they stand in."""
    found: set[str] = set()
    for data, key in (("prisons", "prisons"), ("places", "places")):
        listed = yaml.load(
            (root / f"directory/data/{data}.yml").read_text("utf-8"), yaml.CSafeLoader
        )
        for entry in listed[key]:
            for field in ("name_en", "name_cy", "short_en", "short_cy", "en", "cy"):
                found.update(word for word in tokens(fold(entry.get(field) or "")) if len(word) > 3)
    return found - {"carchar", "prison", "saint", "the", "port"}


def _say_alive(seconds: float) -> bool:
    if int(seconds) % 20 == 19 and seconds % 1 < 0.5:
        print(f"    still training ({seconds:.0f} s)", flush=True)
    return True


def _train(draft: Path, root: Path, going: Callable[[float], bool]) -> None:
    """Run `rasa train` below *root*; TrainingFailed carries the end of its log."""
    log = VAR / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(ENGINE / PYTHON), "-m", "rasa", "train", "--config", "config.yml", "--domain", "bot/domain",
        "--data", "bot/rules", "--out", str(draft), "--fixed-model-name", "model", "--force",
    ]  # fmt: skip
    with log.open("w") as out:
        environment = engine_environment(PYTHONPATH=str(root))
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=out, stderr=out)
        try:
            _wait(process, going)
        finally:  # also where we ourselves are told to end
            process.terminate()
            process.wait()
    if process.returncode or not (draft / "model.tar.gz").is_file():
        told = "\n  ".join(log.read_text().strip().splitlines()[-12:])
        raise TrainingFailed(f"Rasa could not train. The end of {log} says:\n  {told}")


def _wait(process: subprocess.Popen[bytes], going: Callable[[float], bool]) -> None:
    started = time.monotonic()
    while process.poll() is None:
        time.sleep(0.5)
        if not going(time.monotonic() - started):
            raise TrainingStopped


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
