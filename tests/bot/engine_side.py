"""Run by Rasa's Python (tests/bot/test_tracker_store.py): prints what the engine's seams do, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import SlotTrackerStore, connect, make_table

DOMAIN = Domain.from_yaml(
    "version: '3.1'\nslots:\n  need:\n    type: any\n    mappings: [{type: custom}]\n"
)
WORDS = "my son is in Berwyn"
LONGEST = 5_000
"""Messages of the longest conversation that is tried."""


def main(url: str) -> None:
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda _: make_table(connect(url)), range(4)))
    store = SlotTrackerStore(DOMAIN, url)
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    asyncio.run(store.save(_spoken("long", 300)))
    written = len(statements)
    found = asyncio.run(store.retrieve("long"))
    read = len(statements) - written
    again = asyncio.run(SlotTrackerStore(DOMAIN, url).retrieve("long"))
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda n: asyncio.run(store.save(_spoken("many", n + 1))), range(40)))
    sizes = asyncio.run(_talked(store, "endless", LONGEST))
    with store.engine.connect() as lent:
        rows = [tuple(row) for row in lent.execute(sa.text("SELECT sender_id, slots FROM tracker"))]
    told = {
        "written": written,
        "read": read,
        "events": len(found.events),
        "need": found.get_slot("need"),
        "after_restart": again.get_slot("need"),
        "rows": sorted(row[0] for row in rows),
        "first_sizes": sizes[:3],
        "last_sizes": sizes[-3:],
        "words_kept": any(WORDS in row[1] for row in rows),
    }
    print(json.dumps(told))


async def _talked(store: SlotTrackerStore, sender: str, turns: int) -> list[int]:
    """Hold one long conversation as the engine does; return how many events it read at each turn."""
    sizes = []
    for _ in range(turns):
        tracker = await store.retrieve(sender) or DialogueStateTracker(sender, DOMAIN.slots)
        sizes.append(len(tracker.events))
        tracker.update(UserUttered(WORDS), DOMAIN)
        tracker.update(SlotSet("need", ["visits"]), DOMAIN)
        await store.save(tracker)
    return sizes


def _spoken(sender: str, turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, DOMAIN.slots)
    for _ in range(turns):
        tracker.update(UserUttered(WORDS), DOMAIN)
        tracker.update(SlotSet("need", ["visits"]), DOMAIN)
    return tracker


if __name__ == "__main__":
    main(sys.argv[1])
