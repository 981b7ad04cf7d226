"""A real PostgreSQL for the tests, on loopback, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from directory.database import engine

_DEBIAN = Path("/usr/lib/postgresql")
_SETTINGS = {"fsync": "off", "listen_addresses": "127.0.0.1", "max_connections": "40"}


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(_DEBIAN.glob("*/bin"), default=None) if _DEBIAN.exists() else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a server with its data in *folder* and lend its address."""
    programs = binaries()
    assert programs is not None
    data, port = folder / "data", _free_port()
    _give_away(folder)
    _run(
        programs / "initdb", "-D", data, "-U", "cyswllt", "-A", "trust", "-E", "UTF8", "--locale=C"
    )
    told = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = f"-p {port} -k {folder} {told}"
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://cyswllt@127.0.0.1:{port}/postgres"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def database(server: str, name: str) -> str:
    """Make a new database on *server* and return its address."""
    made = f"{name}_{secrets.token_hex(4)}"
    opened = engine(server)
    with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {made}")
    opened.dispose()
    return opened.url.set(database=made).render_as_string(hide_password=False)


def restart(folder: Path) -> None:
    """Stop the server in *folder* as a power cut would, and start it as it was."""
    programs = binaries()
    assert programs is not None
    _run(
        programs / "pg_ctl",
        "-D",
        folder / "data",
        "-m",
        "immediate",
        "-w",
        "-l",
        folder / "log",
        "restart",
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _unprivileged() -> str | None:
    """Return whom to run as: root may not run PostgreSQL."""
    return None if os.getuid() else pwd.getpwnam("postgres").pw_name


def _give_away(folder: Path) -> None:
    """Let the unprivileged user into *folder* and the folders above it."""
    if (user := _unprivileged()) is None:
        return
    shutil.chown(folder, user)
    for above in folder.parents:
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)


def _run(*command: object) -> None:
    subprocess.run(
        [str(part) for part in command], check=True, user=_unprivileged(), cwd="/",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
