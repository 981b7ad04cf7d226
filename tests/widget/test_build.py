"""The widget's own checks: types, unit tests, and how much a phone has to load."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from gateway.widget import DIST, manifest
from launcher.widget import WIDGET

LOADER, ALL = 2 * 1024, 25 * 1024
"""Gzipped bytes: what every visitor of a charity loads, and what opening the conversation adds up to."""


def _npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    npm = shutil.which("npm")
    if npm is None or not (WIDGET / "node_modules").is_dir():
        assert os.environ.get("CI") != "true", "run `npm ci` in widget"
        pytest.skip("Node is not installed")
    command = [npm, "run", "--silent", *arguments]
    return subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", ["check", "test"])
def test_types_and_unit_tests(script: str) -> None:
    done = _npm(script)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_what_a_phone_loads_stays_small() -> None:
    assert (DIST / "manifest.json").is_file(), "run `python3 -m launcher setup`"
    sizes = {name: file["gzipped"] for name, file in manifest()["files"].items()}
    assert sizes["cyswllt.js"] <= LOADER
    assert sum(sizes.values()) <= ALL
