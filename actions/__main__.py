"""`python -m actions HOST PORT`: serve the actions to the engine, on loopback.

The SDK's own server answers a fault by logging the request and sending it back, the person's words
included. Its executor is all we need.
"""

from __future__ import annotations

import sys
import time

import structlog
import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.resources import warm
from bot import log as lines
from bot.garbage import spare_what_is_loaded

log = structlog.get_logger()


def create() -> Starlette:
    """Build the action server as an ASGI application."""
    executor = ActionExecutor()
    executor.register_package("actions")
    warm()
    spare_what_is_loaded()

    async def run(request: Request) -> JSONResponse:
        lines.begin(request.headers.get(lines.HEADER))
        started = time.perf_counter()
        call = await request.json()
        name = str(call.get("next_action"))
        try:
            result = await executor.run(call)
        except (ActionExecutionRejection, ActionNotFoundException) as error:
            return JSONResponse({"error": type(error).__name__, "action_name": name}, 404)
        except Exception as error:  # the outermost edge: nothing of the message may leave it
            log.error("action.failed", action=name, error=type(error).__name__)
            return JSONResponse({"error": type(error).__name__, "action_name": name}, 500)
        log.info("action.done", ms=round((time.perf_counter() - started) * 1e3, 1))
        return JSONResponse(result.model_dump() if result else None)

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", run, methods=["POST"]), Route("/health", health)])


if __name__ == "__main__":
    lines.configure()
    uvicorn.run(create(), host=sys.argv[1], port=int(sys.argv[2]), access_log=False)
