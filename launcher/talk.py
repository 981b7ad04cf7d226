"""`make talk`: a conversation in the terminal, through the gateway."""

from __future__ import annotations

from typing import Any

import httpx

from bot.settings import settings


def talk() -> int:
    """Read lines until an empty one; print replies, buttons and services."""
    chosen = settings()
    base = f"http://{chosen.host}:{chosen.port}/api/v1/conversations"
    try:
        opened = httpx.post(base, json={}).json()
    except httpx.HTTPError:
        print(f"Nothing answers at {base}: start it with `make run` in another window.")
        return 1
    _show(opened["messages"])
    while said := _read():
        answer = httpx.post(
            f"{base}/{opened['conversation']}/messages", json={"text": said}, timeout=30
        )
        body = answer.json()
        _show(body["messages"] if answer.status_code == 200 else [{"text": body["detail"]}])
    httpx.delete(f"{base}/{opened['conversation']}")
    return 0


def _read() -> str:
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _show(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        print(f"\n{message['text']}")
        for service in message.get("services") or ():
            numbers = ", ".join(phone["number"] for phone in service["phones"])
            print(f"  * {service['name']}: {numbers or service['url']}")
        for button in message.get("buttons") or ():
            print(f"  [{button['title']}]")
        for source in message.get("sources") or ():
            print(f"  ({source['title']})")
    print()
