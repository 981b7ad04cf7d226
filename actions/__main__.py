"""`python -m actions HOST PORT`: serve the actions, in one process, on loopback."""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic.request import Request
from sanic.response import HTTPResponse, json


def main(host: str, port: int) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)

    @app.on_request
    async def only_ours(request: Request) -> HTTPResponse | None:
        """Refuse what the SDK's own error page would repeat: it answers a fault with the request."""
        known = request.path in ("/webhook", "/health")
        return None if known else json({"error": "unknown"}, status=404)

    app.error_handler.add(Exception, _quiet)
    app.run(host=host, port=port, single_process=True, access_log=False, motd=False)


def _quiet(request: Request, error: Exception) -> HTTPResponse:
    """Answer a fault with its kind alone: the SDK would log the request and send it back, words and all."""
    print(f"action.failed error={type(error).__name__}", file=sys.stderr, flush=True)
    return json({"error": type(error).__name__, "action_name": None}, status=500)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
