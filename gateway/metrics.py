"""Prometheus metrics: counts of topics, languages and failures; never the text of a message."""

from __future__ import annotations

import hmac

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

COUNT_TOPICS = Counter("cyswllt_replies", "Replies by topic and language.", ["topic", "language"])
COUNT_CRISES = Counter("cyswllt_crisis_cards", "Crisis cards shown, by kind.", ["kind"])
COUNT_FALLBACKS = Counter("cyswllt_engine_down", "Replies given without the engine.")
COUNT_REFUSED = Counter("cyswllt_refused", "Messages refused because too many waited.")
COUNT_LIMITED = Counter("cyswllt_limited", "Requests refused for their rate.", ["scope"])
COUNT_BROKEN = Counter("cyswllt_broken", "Requests that met a fault of ours.")
COUNT_DOWN = Counter(
    "cyswllt_part_down", "Times that the database or Redis did not answer.", ["part"]
)
for _part in ("database", "redis"):
    COUNT_DOWN.labels(_part)  # stands at nought from the start, so that its first rise is seen
TURN_SECONDS = Histogram(
    "cyswllt_turn_seconds",
    "Seconds from a message to its reply.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5),
)


def allowed(request: Request, token: str) -> bool:
    """Say whether *request* may see the metrics: by *token* where one is set, else from loopback."""
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return request.client is not None and request.client.host in ("127.0.0.1", "::1")


def page() -> Response:
    """Return all metrics in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
