import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.settings import ROOT


def test_a_training_that_is_told_to_end_leaves_nothing_running(tmp_path: Path) -> None:
    environment = {**os.environ, "CYSWLLT_RELEASES": str(tmp_path / "releases")}
    training = subprocess.Popen(
        [sys.executable, "-m", "launcher", "train", "--force"], cwd=ROOT, env=environment
    )
    try:
        rasa = _rasa_below(training.pid)
        training.send_signal(signal.SIGTERM)
        assert training.wait(60) == 128 + signal.SIGTERM
        assert not _command(rasa)
        assert not list((tmp_path / "releases").iterdir())
    finally:
        training.kill()
        training.wait()


def _rasa_below(parent: int, within: float = 120) -> int:
    """Wait for the `rasa train` that *parent* starts; return its process id."""
    until = time.monotonic() + within
    children = Path(f"/proc/{parent}/task/{parent}/children")
    while time.monotonic() < until:
        for child in map(int, children.read_text().split()):
            if "rasa train" in _command(child):
                return child
        time.sleep(0.2)
    raise AssertionError("rasa was not started")


def _command(process: int) -> str:
    """Return the command line of a process; empty if it does not live."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
    except FileNotFoundError:
        return ""
