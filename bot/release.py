"""A release: content, model and language data in one folder, signed, and never changed again.

Engine, gateway and actions read only a release. What is in the working tree is a draft.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MADE_OF = (
    "nlu",
    "bot",
    "config.yml",
    "directory/data/prisons.yml",
    "directory/data/places.yml",
    "directory/data/services.yml",
    "encoder/model",
    "requirements/rasa.txt",
)
"""What a release depends on: a change below one of these makes a new one."""
FIGURES = "figures.json"
"""What was measured of a release, and the commit it was made from."""
_IGNORED = ("__pycache__", ".pyc")


class UntrustedRelease(Exception):
    """A release that is not there, not whole, or not signed by us."""


@dataclass(frozen=True)
class Release:
    """One signed release on disk."""

    id: str
    folder: Path

    @property
    def content(self) -> Path:
        """Return the folder of topics, answers and interface texts."""
        return self.folder / "content"

    @property
    def model(self) -> Path:
        """Return Rasa's model archive."""
        return self.folder / "model.tar.gz"

    @property
    def words(self) -> Path:
        """Return the counts of words by language and topic, as JSON."""
        return self.folder / "words.json"


def fingerprint(root: Path) -> str:
    """Return a digest of everything below *root* that a release is made of."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources(root: Path) -> Iterator[Path]:
    for name in MADE_OF:
        place = root / name
        found: Iterable[Path] = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in found:
            if path.is_file() and not any(part.endswith(_IGNORED) for part in path.parts):
                yield path


def name(mark: str, now: float | None = None) -> str:
    """Name a release after its moment (UTC) and fingerprint: newest sorts last."""
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + "-" + mark[:8]


def seal(folder: Path, secret: str, mark: str) -> Release:
    """Write the manifest of a finished release and sign it."""
    files = {
        str(path.relative_to(folder)): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = json.dumps({"id": folder.name, "fingerprint": mark, "files": files}, indent=1)
    (folder / "manifest.json").write_text(manifest)
    (folder / "manifest.sig").write_text(_sign(manifest, secret))
    return Release(folder.name, folder)


def publish(releases: Path, release: Release) -> None:
    """Make *release* the one that runs; the pointer moves in one step."""
    pointer = releases / "current.new"
    pointer.write_text(release.id)
    os.replace(pointer, releases / "current")


def current(releases: Path, secret: str) -> Release:
    """Return the release that runs, after checking every byte of it against its signature."""
    try:
        chosen = (releases / "current").read_text().strip()
    except OSError:
        raise UntrustedRelease("there is no release yet: run `make train`") from None
    return verify(releases / chosen, secret)


def verify(folder: Path, secret: str) -> Release:
    """Return the release in *folder*; UntrustedRelease says what is wrong with it."""
    try:
        manifest = (folder / "manifest.json").read_text()
        signature = (folder / "manifest.sig").read_text().strip()
    except OSError as error:
        raise UntrustedRelease(f"{folder.name} is not whole: {error}") from error
    if not hmac.compare_digest(signature, _sign(manifest, secret)):
        raise UntrustedRelease(f"{folder.name} was not signed with this CYSWLLT_SECRET")
    for path, digest in json.loads(manifest)["files"].items():
        if not (folder / path).is_file() or _sha256(folder / path) != digest:
            raise UntrustedRelease(f"{folder.name}: {path} is not the file that was signed")
    return Release(folder.name, folder)


def mark_of(folder: Path) -> str | None:
    """Return the fingerprint a release was made from; None where it cannot be read."""
    try:
        return str(json.loads((folder / "manifest.json").read_text())["fingerprint"])
    except (OSError, ValueError, KeyError):
        return None


def prune(releases: Path, keep: int = 10, staying: Iterable[str] = ()) -> None:
    """Delete all but the newest *keep* releases; what runs, or is in *staying*, always stays."""
    kept = {(releases / "current").read_text().strip(), *staying}
    for folder in listed(releases)[keep:]:
        if folder.name not in kept:
            shutil.rmtree(folder)


def listed(releases: Path) -> list[Path]:
    """List the folders of all signed releases, newest first."""
    found = [path for path in releases.iterdir() if (path / "manifest.sig").is_file()]
    return sorted((path for path in found if not path.name.startswith(".")), reverse=True)


def figures(folder: Path) -> dict[str, Any]:
    """Return what was measured of a release; nothing where it was made without the gate."""
    try:
        read: dict[str, Any] = json.loads((folder / FIGURES).read_text())
    except (OSError, ValueError):
        return {}
    return read


def _sign(manifest: str, secret: str) -> str:
    return hmac.new(secret.encode(), manifest.encode(), hashlib.sha256).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
