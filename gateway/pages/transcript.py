"""The talk so far, carried by the page itself: the server keeps no words.

Signed, so that nothing we did not say can be put into our mouth; bounded, so that a form stays
small.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from typing import Any

LONGEST = 12
"""Exchanges that are carried along; older ones are gone from the page."""
LARGEST = 32_000
"""Characters of the field: twelve long exchanges fit, unless they are not made of words."""
_SHOWN = ("text", "language", "topic", "prison", "sources", "as_of")
_SHOWN_OF_SERVICE = ("id", "name", "schedule")

Exchange = dict[str, Any]
"""What a person said (None before the greeting) and the messages of the reply."""


def pack(secret: str, ticket: str, exchanges: Sequence[Exchange]) -> str:
    """Return the last exchanges of the conversation *ticket* as one signed field of a form."""
    kept = [_slim(one, one is exchanges[-1]) for one in exchanges[-LONGEST:]]
    while len(packed := _packed(secret, ticket, kept)) > LARGEST:
        kept = kept[1:]
    return packed


def _slim(exchange: Exchange, last: bool) -> Exchange:
    """Keep what the page shows again; only the last reply still has its buttons."""
    messages = [
        {
            **{name: message.get(name) for name in _SHOWN},
            "services": [
                {name: service.get(name) for name in _SHOWN_OF_SERVICE}
                for service in message.get("services") or ()
            ],
            "buttons": message.get("buttons") or [] if last else [],
        }
        for message in exchange["messages"]
    ]
    return {"said": exchange["said"], "messages": messages}


def _packed(secret: str, ticket: str, exchanges: Sequence[Exchange]) -> str:
    raw = zlib.compress(json.dumps(list(exchanges), ensure_ascii=False).encode(), 9)
    return f"{base64.urlsafe_b64encode(raw).decode()}.{_sign(secret, ticket, raw)}"


def unpack(secret: str, ticket: str, packed: str) -> list[Exchange]:
    """Return the exchanges of a field; none where it was changed or is of another conversation."""
    body, _, signature = packed.rpartition(".")
    try:
        raw = base64.urlsafe_b64decode(body)
    except ValueError:
        return []
    # As bytes: compare_digest refuses text that is not ASCII, and this is what anyone may send.
    if not hmac.compare_digest(signature.encode(), _sign(secret, ticket, raw).encode()):
        return []
    unpacked: list[Exchange] = json.loads(zlib.decompress(raw))
    return unpacked


def _sign(secret: str, ticket: str, raw: bytes) -> str:
    said = b"\0".join((b"transcript", ticket.encode(), raw))
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:32]
