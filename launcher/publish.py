"""`python -m launcher publish` and `rollback`: check, train, gate, swap; the old release serves until the last step."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.catalogue.checks import problems
from bot.catalogue.load import ContentError, load
from bot.language import Language
from bot.release import (
    MADE_OF,
    Release,
    UntrustedRelease,
    figures,
    fingerprint,
    listed,
    mark_of,
    prune,
    publish,
    verify,
)
from bot.settings import ROOT, VAR, Settings
from directory.database import engine as open_database
from gateway.crisis import Watch
from gateway.deployments import Busy, Deployments, Detail
from launcher import gate, train
from launcher.gate import Rehearsal

USUALLY = 240.0
"""Seconds a training takes where none was timed yet."""
WARM_WITHIN = 180.0
"""Seconds an engine has to become ready."""
ROOM = 1_000_000_000
"""Bytes that must be free on the disk before a release is built: model, draft and training cache."""
CASES = "tests/gateway/crisis"
JUDGED_BY = (CASES, "tests/held_out", "tests/conversations", "directory", "gateway")
"""What is taken out of the commit besides what a release is made of."""


class NotPublished(Exception):
    """Why a publication came to nothing; what ran before goes on running."""

    def __init__(self, step: str, reason: str, details: tuple[Detail, ...] = ()) -> None:
        super().__init__(f"{step}: {reason} {' | '.join(map(str, details))}")
        self.step, self.reason, self.details = step, reason, details


class Job:
    """One publication: tells the database how far it is, and listens whether to stop."""

    def __init__(self, number: int, deployments: Deployments) -> None:
        self.number, self._deployments = number, deployments
        self._step, self._progress, self._stopped = "check", 0.0, False
        self._ended = threading.Event()
        self._beat = threading.Thread(target=self._keep_telling, daemon=True)
        self._beat.start()

    def at(self, step: str, progress: float = 0.0) -> None:
        """Record where we are; NotPublished if somebody has asked to stop."""
        if step != self._step:
            print(f"  {step} …", flush=True)
        self._step, self._progress = step, progress
        if self._stopped or not self._deployments.tell(self.number, step, progress):
            raise NotPublished("cancelled", "cancelled")

    def training(self, seconds: float, usually: float) -> bool:
        """Record how long it has trained; False where it should stop."""
        self._step, self._progress = "train", min(0.97, seconds / usually)
        return not self._stopped

    def _keep_telling(self) -> None:
        while not self._ended.wait(1.5):
            try:
                going = self._deployments.tell(self.number, self._step, self._progress)
            except Exception as error:  # a database that is away for a moment stops nothing
                print(f"  the database did not answer ({type(error).__name__})", flush=True)
                continue
            self._stopped = self._stopped or not going

    def end(self, step: str, reason: str | None = None, details: tuple[Detail, ...] = ()) -> None:
        """Record the end."""
        self._ended.set()
        self._beat.join()
        self._deployments.end(self.number, step, reason, details)


def main(verb: str, release: str | None, number: int | None) -> int:
    """Run a publication in the foreground, one that the desk asked for or a new one."""
    chosen = train.chosen()
    deployments = Deployments(open_database(chosen.database_url))
    deployments.create()
    if number is None:
        if verb == "rollback" and not release:
            return _list(chosen, deployments)
        try:
            number = deployments.begin(verb, os.environ.get("USER", "operator"), release)
        except Busy:
            print("Somebody is publishing already.", file=sys.stderr)
            return 1
    return 0 if run(Job(number, deployments), chosen, deployments) else 1


def _list(chosen: Settings, deployments: Deployments) -> int:
    """Name the releases that one can go back to."""
    running = deployments.current()
    for folder in listed(Path(chosen.releases))[:10]:
        mark = "  (runs)" if folder.name == running else ""
        print(f"{folder.name}  {figures(folder).get('accuracy', '')}{mark}")
    print("Go back to one of them with: python -m launcher rollback NAME")
    return 0


def run(job: Job, chosen: Settings, deployments: Deployments) -> bool:
    """Carry one publication to its end; whatever goes wrong is recorded, and the old release runs."""
    asked = deployments.publication(job.number)
    try:
        if asked.goal == "rollback":
            release = _known(asked.release, chosen)
        else:
            release = _built(job, chosen, deployments)
        if release.id == deployments.current():
            raise NotPublished("failed", "nothing")
        _warmed(job, release, deployments)
        if asked.goal == "candidate":
            job.end("ready")
            return True
        if asked.goal == "publish":
            _through_the_gate(job, release, chosen, deployments)
        _swap(job, release, chosen, deployments)
    except NotPublished as why:
        print(f"not published: {why}", flush=True)
        if why.step != "refused":
            deployments.drop_candidate()
        job.end(why.step, why.reason, why.details)
        return False
    except OSError as error:
        job.end("failed", "disk" if error.errno in (28, 122) else "crashed", (str(error),))
        return False
    except Exception as error:
        job.end("failed", "crashed", (f"{type(error).__name__}: {error}"[:300],))
        raise
    job.end("done")
    print(f"release {release.id} is the one that runs", flush=True)
    return True


def _known(name: str | None, chosen: Settings) -> Release:
    try:
        return verify(Path(chosen.releases) / Path(name or "none").name, chosen.secret)
    except UntrustedRelease as error:
        raise NotPublished("failed", "untrusted", (str(error),)) from error


def _built(job: Job, chosen: Settings, deployments: Deployments) -> Release:
    """Return the release of the last commit, building it if it is not there yet."""
    job.at("check")
    _refuse_unclean()
    releases = Path(chosen.releases)
    releases.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(releases).free < ROOM:
        raise NotPublished("failed", "disk")
    with snapshot() as (root, commit):
        _check(root)
        mark = fingerprint(root)
        if found := _same(releases, chosen.secret, mark):
            return found
        return _trained(job, releases, chosen.secret, mark, root, commit)


def _same(releases: Path, secret: str, mark: str) -> Release | None:
    """Return a release that was built from the same sources, and is whole."""
    for folder in listed(releases):
        if mark_of(folder) == mark:
            try:
                return verify(folder, secret)
            except UntrustedRelease:
                continue
    return None


def _trained(job: Job, releases: Path, secret: str, mark: str, root: Path, commit: str) -> Release:
    times = [figures(folder).get("seconds") for folder in listed(releases)]
    usually = next((float(each) for each in times if each), USUALLY)
    job.at("train")
    started = time.monotonic()
    with train.drafted(releases) as draft:
        try:
            train.fill(draft, root, lambda seconds: job.training(seconds, usually))
        except train.TrainingStopped:
            raise NotPublished("cancelled", "cancelled") from None
        except train.TrainingFailed as error:
            raise NotPublished("failed", "training", tuple(str(error).splitlines()[-4:])) from error
        job.at("train", 0.98)
        took = time.monotonic() - started
        measured = gate.figures_of(draft / "model.tar.gz", root / "tests/held_out", commit, took)
        return train.finish(draft, releases, secret, mark, measured)


@contextmanager
def snapshot() -> Iterator[tuple[Path, str]]:
    """Lend the tree of the last commit, and its name: what is saved meanwhile does not mix in."""
    commit = _git("rev-parse", "HEAD").decode().strip()
    wanted = [name for name in (*MADE_OF, *JUDGED_BY) if (ROOT / name).exists()]
    VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="snapshot-", dir=VAR) as folder:
        packed = _git("archive", "--format=tar", commit, "--", *wanted)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder), commit


def _refuse_unclean() -> None:
    """Say which files somebody has changed without finishing: they would be left out unnoticed."""
    told = _git("status", "--porcelain", "--", *MADE_OF).decode().splitlines()
    if told:
        raise NotPublished("failed", "unclean", tuple(line[3:] for line in told[:10]))


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise NotPublished("failed", "git", (done.stderr.decode("utf-8", "replace")[:300],))
    return done.stdout


def _check(root: Path) -> None:
    """Hold the rulebook of content against the commit that would be published."""
    from bot.__main__ import books

    try:
        found = problems(books(root / "bot/content", root))
    except ContentError as error:
        raise NotPublished("refused", "checks", (str(error),)) from error
    harm = [*gate.crisis_refusals(load(root / "bot/content"), Watch.load(), root / CASES)]
    if harm:  # told at once, not after minutes of training
        raise NotPublished("refused", harm[0].kind, harm[0].details)
    mend = [problem for problem in found if not problem.warning]
    if mend:
        titles = load(root / "bot/content")
        told = ({la.value: each.told(la, titles) for la in Language} for each in mend[:10])
        raise NotPublished("refused", "checks", tuple(told))


def _warmed(job: Job, release: Release, deployments: Deployments) -> None:
    """Have engines started for the release, and wait until as many are ready as answer today."""
    job.at("warm")
    deployments.tell(job.number, "warm", 0.0, release.id)
    deployments.make_candidate(release.id)
    started = time.monotonic()
    while True:
        engines = deployments.engines()
        wanted = len(engines.get(deployments.current() or "", ())) or 1
        waited = time.monotonic() - started
        if len(engines.get(release.id, ())) >= wanted:
            return
        if waited > WARM_WITHIN:
            raise NotPublished("failed", "engine")
        job.at("warm", waited / WARM_WITHIN)
        time.sleep(0.5)


def _through_the_gate(
    job: Job, release: Release, chosen: Settings, deployments: Deployments
) -> None:
    job.at("gate")
    with snapshot() as (root, _):
        held_out = root / "tests/held_out"
        then = gate.measured(release, held_out)
        live = _live(chosen, deployments)
        now = gate.measured(live, held_out) if live else then
        refusals = [*gate.accuracy_refusals(now, then, gate.one_message(held_out))]
        refusals += gate.crisis_refusals(load(release.content), Watch.load(), root / CASES)
        rows = root / "tests/conversations"
        refusals += asyncio.run(_rehearsed(job, rows, release, live, chosen, deployments))
    if refusals:
        details = tuple(line for each in refusals for line in each.details)
        raise NotPublished("refused", refusals[0].kind, details)


def _live(chosen: Settings, deployments: Deployments) -> Release | None:
    name = deployments.current()
    try:
        return verify(Path(chosen.releases) / name, chosen.secret) if name else None
    except UntrustedRelease:
        return None


async def _rehearsed(
    job: Job,
    folder: Path,
    release: Release,
    live: Release | None,
    chosen: Settings,
    deployments: Deployments,
) -> list[gate.Refusal]:
    urls = deployments.engines()
    candidate = Rehearsal(release, urls[release.id][0], chosen)
    beside = Rehearsal(live, urls[live.id][0], chosen) if live and urls.get(live.id) else None
    try:
        going = lambda share: job.at("gate", share)  # noqa: E731
        return await gate.conversation_refusals(folder, candidate, beside, going)
    finally:
        for each in (candidate, beside):
            if each:
                await each.close()


def _swap(job: Job, release: Release, chosen: Settings, deployments: Deployments) -> None:
    """Send new conversations to the release: one row in the database, then the pointer on disk."""
    job.at("swap")
    deployments.make_current(release.id)
    publish(Path(chosen.releases), release)
    prune(Path(chosen.releases), staying=deployments.roles())
