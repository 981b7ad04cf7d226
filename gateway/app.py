"""The gateway as an ASGI application: `uvicorn gateway.app:create --factory`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from bot.garbage import spare_what_is_loaded
from bot.settings import Settings, settings
from gateway import metrics
from gateway.api import router
from gateway.door import Door, open_door
from gateway.guard import Guard
from gateway.pages.routes import pages
from gateway.privacy import keep_forgetting
from gateway.problems import Problem, on_broken, on_http, on_invalid, on_problem
from gateway.state import StateUnavailable
from gateway.traced import Traced
from gateway.widget import widget

log = structlog.get_logger()


def create(chosen: Settings | None = None) -> FastAPI:
    """Build the gateway; *chosen* replaces the settings of the environment, for tests."""
    values = chosen or settings()
    app = FastAPI(
        title="Cyswllt",
        summary="Welsh/English information for families of people in prison in Wales.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.door = open_door(values)
    app.include_router(router)
    app.include_router(widget)
    app.include_router(pages)
    _health(app)
    for kind, handler in (
        (Problem, on_problem),
        (RequestValidationError, on_invalid),
        (HTTPException, on_http),
        (Exception, on_broken),
    ):
        app.add_exception_handler(kind, handler)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
    )
    app.add_middleware(Guard, frame_ancestors=values.frame_ancestors)
    app.add_middleware(Traced)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    door: Door = app.state.door
    with suppress(StateUnavailable):
        door.state.create()
    with suppress(SQLAlchemyError):
        await door.fleet.look()
    looking = asyncio.create_task(door.fleet.keep_looking())
    forgetting = asyncio.create_task(keep_forgetting(door.state, door.settings.retention_hours))
    spare_what_is_loaded()
    yield
    forgetting.cancel()
    looking.cancel()
    await door.order.close()
    await door.fleet.close()


def _health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> JSONResponse:
        door: Door = request.app.state.door
        engine, actions = await door.fleet.turns("", None).engine.ready()
        parts = {
            "engine": engine,
            "actions": actions,
            "database": await door.asking.answers(door.state.ready),
        }
        told = {"release": door.turns.released.id, "turned_off": door.turns.turned_off}
        return JSONResponse({**parts, **told}, status_code=200 if all(parts.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def show_metrics(request: Request) -> Response:
        door: Door = request.app.state.door
        if not metrics.allowed(request, door.settings.metrics_token):
            raise Problem("unknown_page")
        return metrics.page()
