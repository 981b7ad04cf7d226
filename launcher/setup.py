"""Make both environments: the modern one and Python 3.10 for Rasa. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / ".venv"
ENGINE = ROOT / ".venv-rasa"
TOOLS = ROOT / ".venv-audit"
PYTHON = "bin/python"


class SetupFailed(Exception):
    """One sentence on what is missing and what to do."""


def setup(development: bool = False) -> None:
    """Bring both environments to what requirements/ says; quick when nothing changed."""
    if sys.version_info < (3, 11):
        raise SetupFailed(
            "Cyswllt needs Python 3.11 or later: run make with PYTHON=python3.12, say."
        )
    _web(ROOT / "requirements" / ("dev.txt" if development else "web.txt"))
    _engine(ROOT / "requirements" / "rasa.txt")


def _web(lock: Path) -> None:
    wanted = [lock, ROOT / "requirements" / "uv.txt"]
    if _up_to_date(WEB, wanted):
        return
    with step("environment for gateway, actions and directory"):
        if not (WEB / PYTHON).exists():
            _run(sys.executable, "-m", "venv", str(WEB))
        _run(
            str(WEB / PYTHON),
            "-m",
            "pip",
            "install",
            "-q",
            "--require-hashes",
            "-r",
            str(wanted[1]),
        )
        _install(WEB, lock)
    _remember(WEB, wanted)


def _engine(lock: Path) -> None:
    if _up_to_date(ENGINE, [lock]):
        return
    with step("environment for Rasa (Python 3.10)"):
        if not (ENGINE / PYTHON).exists():
            _run(str(WEB / "bin/uv"), "venv", "-q", "--python", python310(), str(ENGINE))
        _install(ENGINE, lock)
    _remember(ENGINE, [lock])


def tools() -> Path:
    """Bring the tools that look at what we depend on, and return their environment."""
    lock = ROOT / "requirements" / "audit.txt"
    if not _up_to_date(TOOLS, [lock]):
        with step("environment for the supply chain's tools"):
            if not (TOOLS / PYTHON).exists():
                _run(sys.executable, "-m", "venv", str(TOOLS))
            _install(TOOLS, lock)
        _remember(TOOLS, [lock])
    return TOOLS


def python310() -> str:
    """Find Python 3.10: on the PATH, with pyenv, then by uv; SetupFailed says how to get it."""
    for candidate in _candidates():
        if _is_310(candidate):
            return candidate
    uv = str(WEB / "bin/uv")
    if subprocess.run([uv, "python", "install", "-q", "3.10"], check=False).returncode == 0:
        return "3.10"
    raise SetupFailed(
        "Rasa needs Python 3.10, which was not found and could not be fetched: install it with "
        "`pyenv install 3.10` or `uv python install 3.10`, then run make again."
    )


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CYSWLLT_PYTHON310"):
        yield named
    if found := shutil.which("python3.10"):
        yield found
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(path) for path in sorted(versions.glob("3.10*/bin/python")))


def _is_310(python: str) -> bool:
    """Ask the interpreter itself: pyenv's shims exist for versions that are not there."""
    ask = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout == "3 10\n"
    except OSError:
        return False


def _install(environment: Path, lock: Path) -> None:
    python = str(environment / PYTHON)
    uv = str(WEB / "bin/uv")
    _run(uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", str(lock))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise SetupFailed(
            f"`{Path(command[0]).name} {' '.join(command[1:4])} …` failed. Is there a network, and room "
            "on the disk? It said:\n  " + "\n  ".join(told)
        )


class step:
    """Print what is being done, and how long it took."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> step:
        print(f"  {self._what} …", flush=True)
        self._start = time.monotonic()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        took = time.monotonic() - self._start
        print(f"  {self._what}: {'failed' if kind else 'done'} in {took:.1f} s", flush=True)


def _stamp(environment: Path) -> Path:
    return environment / "cyswllt.stamp"


def _digest(locks: list[Path]) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def _up_to_date(environment: Path, locks: list[Path]) -> bool:
    """Say whether the environment was made from these locks, or from dev.txt, which holds web.txt."""
    stamp = _stamp(environment)
    known = stamp.read_text().split() if stamp.is_file() else []
    return _digest(locks) in known


def _remember(environment: Path, locks: list[Path]) -> None:
    known = [_digest(locks)]
    if locks[0].name == "dev.txt":
        known.append(_digest([locks[0].with_name("web.txt"), *locks[1:]]))
    _stamp(environment).write_text("\n".join(known))
