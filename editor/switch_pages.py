"""Turning the assistant off and on: one press of a publisher, and who pressed it before."""

from __future__ import annotations

from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from editor.signing_in import Sender, SignedIn
from editor.view import clock, show, spoken
from gateway.switch import Switch

switch_pages = APIRouter()


@switch_pages.get("/switch")
def switch_page(request: Request, editor: SignedIn) -> Response:
    """Show how the switch stands, and who pressed it."""
    switch: Switch = request.app.state.switch
    turns = switch.turns()
    values = {
        "off": bool(turns and turns[0].off),
        "by_setting": request.app.state.chosen.turned_off == "yes",
        "turns": [(clock(each.at), each) for each in turns],
        "may_press": editor.may("publisher"),
    }
    return show(request, "switch.html", **values)


@switch_pages.post("/switch")
async def press(
    request: Request, editor: Sender, turn: Annotated[Literal["off", "on"], Form()]
) -> Response:
    """Turn the assistant off or on; a publisher may."""
    if not editor.may("publisher"):
        raise HTTPException(403)
    who = f"{editor.name} <{editor.email}>"
    await to_thread.run_sync(request.app.state.switch.press, turn == "off", who)
    return RedirectResponse(f"/editor/switch?lang={spoken(request).value}", 303)
