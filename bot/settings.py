"""Every setting of Cyswllt, read from `CYSWLLT_…` environment variables in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
VAR = ROOT / "var"


@dataclass(frozen=True)
class Settings:
    """What an operator may set; the defaults need nothing installed. Documented in docs/settings.md."""

    host: str = "127.0.0.1"
    port: int = 8080
    editor_port: int = 8090
    engine_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    database_url: str = f"sqlite:///{VAR / 'cyswllt.db'}"
    redis_url: str = ""
    releases: str = str(VAR / "releases")
    release: str = ""
    """The release this process serves, by its name; empty is the one that runs."""
    secret: str = ""
    operator: str = "Cyswllt (demo)"
    contact: str = "https://www.prisonersfamilies.org/"
    controller: str = "Cyswllt (demo)"
    controller_contact: str = ""
    """How to reach the data controller about privacy; empty is `contact`."""
    rate_limit: str = "on"
    turned_off: str = "no"
    frame_ancestors: str = ""
    retention_hours: int = 24
    engine_timeout: float = 2.5
    """Seconds the gateway waits for the engine before it answers from the written content."""
    metrics_token: str = ""
    queue: int = 256
    """Messages one gateway holds at once; more are asked to come back."""

    @property
    def shown(self) -> dict[str, str]:
        """Return the settings that answers may name in `{placeholders}`."""
        return {
            "operator": self.operator,
            "contact": self.contact,
            "controller": self.controller,
            "controller_contact": self.controller_contact or self.contact,
            "hours": str(self.retention_hours),
        }


def settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; ValueError names a variable that is not what it should be."""
    values: dict[str, object] = {}
    for name, default in vars(Settings()).items():
        variable = f"CYSWLLT_{name.upper()}"
        if variable not in environ:
            continue
        try:
            values[name] = type(default)(environ[variable])
        except ValueError as error:
            kind = type(default).__name__
            raise ValueError(f"{variable} should be a {kind}: {error}") from error
    return Settings(**values)  # type: ignore[arg-type]  # names and types come from Settings itself
