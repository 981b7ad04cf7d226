"""Python's search for garbage, kept from holding up answers."""

from __future__ import annotations

import gc


def spare_what_is_loaded() -> None:
    """Leave all that a process has loaded out of every later search.

    For once it is ready to serve: models, names and texts stay until it ends, and to search them
    anew stopped a gateway for 0.2 seconds now and then.
    """
    gc.collect()
    gc.freeze()
