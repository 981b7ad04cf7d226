"""`python -m launcher.supply sbom|audit|secrets`: what we are made of, what is known against it, and no secret in Git.

Standard library only; the tools come into an environment of their own from requirements/audit.txt.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from launcher.setup import ENGINE, PYTHON, ROOT, WEB, SetupFailed, tools

SBOM = ROOT / "var" / "sbom"
BASELINE = ".secrets.baseline"
ENVIRONMENTS = {"web": WEB, "engine": ENGINE}
UNREACHABLE = ("ConnectionError", "ServiceError", "Max retries", "timed out", "HTTPError")


def sbom() -> int:
    """Write what each environment holds, as CycloneDX."""
    SBOM.mkdir(parents=True, exist_ok=True)
    for name, environment in ENVIRONMENTS.items():
        made = SBOM / f"{name}.cdx.json"
        command = ("cyclonedx-py", "environment", str(environment / PYTHON))
        _tool(*command, "--output-reproducible", "-o", str(made))
        print(f"  {made.relative_to(ROOT)}")
    return 0


def audit() -> int:
    """Ask the advisory service about both environments; 1 if it knows anything against them."""
    found = 0
    for name, environment in ENVIRONMENTS.items():
        (packages,) = environment.glob("lib/python3.*/site-packages")
        command = (
            "pip-audit",
            "--path",
            str(packages),
            "--progress-spinner",
            "off",
            "--desc",
            "off",
        )
        done = _tool(*command, check=False)
        if _unreachable(done):
            print(f"  {name}: not audited, the advisory service cannot be reached from here")
            continue
        print(f"  {name}:\n{done.stdout or done.stderr}")
        found = max(found, done.returncode)
    return found


def _unreachable(done: subprocess.CompletedProcess[str]) -> bool:
    """Say whether the service did not answer; a registry's mirror often has packages and no advisories."""
    if done.returncode and any(sign in done.stderr for sign in UNREACHABLE):
        return True
    lines = done.stdout.splitlines()
    return bool(lines) and 2 * sum("could not be audited" in line for line in lines) > len(lines)


def secrets() -> int:
    """Look for passwords and keys in what Git holds; 1 if there is one that nobody has judged."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = [name for name in tracked if name and (ROOT / name).is_file()]
    done = _tool("detect-secrets-hook", "--baseline", BASELINE, *files, check=False)
    print(done.stdout or "  no secrets")
    return done.returncode


def _tool(name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    program = str(tools() / "bin" / name)
    done = subprocess.run(
        [program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if check and done.returncode:
        raise SetupFailed(f"{name} failed: {done.stderr.strip()[-500:]}")
    return done


def main() -> int:
    verbs = {"sbom": sbom, "audit": audit, "secrets": secrets}
    parser = argparse.ArgumentParser(prog="launcher.supply", description=__doc__)
    parser.add_argument("verb", choices=verbs)
    try:
        return verbs[parser.parse_args().verb]()
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
