"""Conversation and message ids that prove themselves: issued by us, unguessable, nothing stored.

A conversation leaves no trace before its first message, so its id carries what was known when it
was opened, signed with `CYSWLLT_SECRET`. The database knows a conversation by `key` only: who reads
the database cannot speak in a conversation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import time
from dataclasses import dataclass

from bot.language import Language

_HEADER = struct.Struct(">16sIB")
_LANGUAGES = (None, Language.WELSH, Language.ENGLISH)
_SIGNATURE = 16
EMBED_LENGTH = 40
"""Longest name of an embedding site, in characters."""


class BadTicket(LookupError):
    """An id that we did not issue."""


@dataclass(frozen=True)
class Ticket:
    """What a conversation's id says."""

    key: str
    """The name of the conversation in the database: 32 hexadecimal digits."""
    opened: int
    """When it was opened, in seconds since 1970."""
    language: Language | None
    """The language of the page it was opened from: the weakest hint."""
    embed: str | None
    """The site that embeds the widget: a label, never a permission."""


def issue(secret: str, language: Language | None, embed: str | None, now: float) -> str:
    """Make the id of a new conversation."""
    head = _HEADER.pack(secrets.token_bytes(16), int(now), _LANGUAGES.index(language))
    body = head + (embed or "")[:EMBED_LENGTH].encode()
    return _encode(body + _sign(secret, body))


def read(secret: str, ticket: str) -> Ticket:
    """Read an id; BadTicket if it was not signed by us."""
    raw = _decode(ticket)
    body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(body) < _HEADER.size or not hmac.compare_digest(signature, _sign(secret, body)):
        raise BadTicket("not an id of ours")
    key, opened, language = _HEADER.unpack(body[: _HEADER.size])
    embed = body[_HEADER.size :].decode("utf-8", "ignore") or None
    return Ticket(key.hex(), opened, _LANGUAGES[language], embed)


def issue_message(secret: str, key: str, topic: str | None) -> str:
    """Make the id of one reply, which says what it was about so that feedback needs no storage."""
    body = f"{topic or ''}~{secrets.token_hex(5)}"
    return f"{body}~{_short(secret, key, body)}"


def read_message(secret: str, key: str, message: str) -> str | None:
    """Return the topic of a reply by its id; BadTicket if it is not of this conversation."""
    body, _, signature = message.rpartition("~")
    # As bytes: compare_digest refuses text that is not ASCII, and this is what anyone may send.
    signed = _short(secret, key, body).encode()
    if not body or not hmac.compare_digest(signature.encode("utf-8", "replace"), signed):
        raise BadTicket("not a message of this conversation")
    return body.partition("~")[0] or None


def seal(secret: str, key: str, raw: bytes) -> str:
    """Sign *raw* for the conversation *key*, as text that may stand in an address."""
    return _encode(raw + _sign(secret, b"sealed:" + key.encode() + raw))


def unseal(secret: str, key: str, sealed: str) -> bytes:
    """Return what was sealed; BadTicket if it was not sealed by us for this conversation."""
    whole = _decode(sealed)
    raw, signature = whole[:-_SIGNATURE], whole[-_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(secret, b"sealed:" + key.encode() + raw)):
        raise BadTicket("not sealed for this conversation")
    return raw


def expired(ticket: Ticket, last_used: float | None, hours: int, now: float | None = None) -> bool:
    """Say whether the conversation has been silent for more than *hours*."""
    since = last_used if last_used is not None else ticket.opened
    return (now if now is not None else time.time()) - since > hours * 3600


def _sign(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()[:_SIGNATURE]


def _short(secret: str, key: str, body: str) -> str:
    return _sign(secret, f"{key}:{body}".encode("utf-8", "replace")).hex()[:16]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise BadTicket("not an id of ours") from error
