"""The service beside WPS: cell functions and buttons over HTTP, for one person on one computer.

It listens on 127.0.0.1 only, at a free port, and writes port and token into a file that only this
person can read; the add-in reads that file. A request must name the right Host (against names that
are made to point here), come from the add-in's own page, and carry the token. Bodies are plain
text, so that a browser sends no request beforehand, and the token is in the body, never in an
address. A page from anywhere else gets nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import queue
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from qiyx_xl import __version__
from qiyx_xl.ledger.registry import CONTROLS, NOT_IN_PLAN
from qiyx_xl.shells.asking_workbook import OFFICES
from qiyx_xl.shells.engine.answers import answer
from qiyx_xl.shells.engine.presses import Press
from qiyx_xl.shells.plan_sheets import answers_at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

HOST = "127.0.0.1"
MOST_BYTES = 64 << 20
IDLE = 8 * 3600.0
"""The service ends after so many seconds without a request."""
_OWN_PAGES = (None, "null", "file://")  # a page opened from a file has no origin, or says so
_MOST_PRESSES = 8
_ACTIONS = frozenset(control.action for control in CONTROLS)


class _RefusedRequestError(Exception):
    """Ends a request; ``status`` is the answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Service:
    """The answers, for one port and one token."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.last = time.monotonic()
        self.stops = False
        self._presses: dict[str, Press] = {}
        # One at a time: what the functions remember is not made for several.
        self._functions = ThreadPoolExecutor(1)
        self._buttons = ThreadPoolExecutor(_MOST_PRESSES)
        answers: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "/function": self._function,
            "/plan-sheets": self._plan_sheets,
            "/press": self._press,
            "/told": self._told,
            "/stop": self._stop,
        }
        self.app = Starlette(
            routes=[
                *(
                    Route(path, self._route(handle), methods=["POST"])
                    for path, handle in answers.items()
                ),
                Route("/health", self._health, methods=["GET"]),
            ]
        )

    # --- who may ask

    def _route(
        self, handle: Callable[[dict[str, Any]], Awaitable[Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                asked = await self._asked(request)
                told = await handle(asked)
            except _RefusedRequestError as refused:
                return self._reply(request, refused.status)
            except (KeyError, TypeError, ValueError, queue.Empty):
                return self._reply(request, 400)
            return self._reply(request, 200, told)

        return endpoint

    async def _asked(self, request: Request) -> dict[str, Any]:
        if not self._is_ours(request):
            raise _RefusedRequestError(403)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise _RefusedRequestError(413)
        try:
            asked = json.loads(bytes(body))
        except (ValueError, RecursionError):
            raise _RefusedRequestError(400) from None
        if not isinstance(asked, dict):
            raise _RefusedRequestError(400)
        token = str(asked.pop("token", "")).encode()
        if not hmac.compare_digest(token, self.token.encode()):
            raise _RefusedRequestError(401)
        self.last = time.monotonic()
        return asked

    def _is_ours(self, request: Request) -> bool:
        named = request.headers.get("host") == f"{HOST}:{self.port}"
        return named and self._origin(request) is not None

    def _origin(self, request: Request) -> str | None:
        """Return the origin that may read the answer; None if the request comes from elsewhere."""
        origin = request.headers.get("origin")
        return (origin or "null") if origin in _OWN_PAGES else None

    def _reply(self, request: Request, status: int, told: Any = None) -> Response:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        origin = self._origin(request)
        if origin is not None:
            headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        body = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
        return Response(body, status, headers, "application/json")

    async def _health(self, request: Request) -> Response:
        if not self._is_ours(request):
            return self._reply(request, 403)
        return self._reply(request, 200, {"version": __version__})

    # --- what is asked

    async def _function(self, asked: dict[str, Any]) -> Any:
        given = (asked["name"], asked["cells"], *_where(asked))
        return {"value": await self._in(self._functions, answer, *given)}

    async def _plan_sheets(self, asked: dict[str, Any]) -> Any:
        def rows() -> Any:
            functions = OFFICES.functions_of(*_where(asked))
            if functions is None:
                return NOT_IN_PLAN
            records, goals = asked["records"], asked["goals"]
            return answers_at(asked["period"], records, goals, asked["baselines"], functions)

        return {"value": await self._in(self._functions, rows)}

    async def _press(self, asked: dict[str, Any]) -> Any:
        action = str(asked["action"])
        if action not in _ACTIONS or len(self._presses) >= _MOST_PRESSES:
            raise _RefusedRequestError(404 if action not in _ACTIONS else 429)
        press = Press(action)
        self._presses[press.id] = press
        press.start()
        return await self._following(press, None)

    async def _told(self, asked: dict[str, Any]) -> Any:
        press = self._presses.get(str(asked["press"]))
        if press is None:
            raise _RefusedRequestError(404)
        return await self._following(
            press, {key: asked[key] for key in ("answer", "error") if key in asked}
        )

    async def _following(self, press: Press, told: dict[str, Any] | None) -> Any:
        try:
            message = await self._in(self._buttons, press.following, told)
        except queue.Empty:
            self._presses.pop(press.id, None)
            raise
        if message.get("done"):
            self._presses.pop(press.id, None)
        self.last = time.monotonic()
        return message

    async def _stop(self, _asked: dict[str, Any]) -> Any:
        self.stops = True
        return {"stopped": True}

    @staticmethod
    async def _in(executor: ThreadPoolExecutor, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(executor, work, *given)


def _where(asked: dict[str, Any]) -> tuple[str, str]:
    """Return the workbook that asks, and the plan it says it was written by."""
    return str(asked.get("workbook") or ""), str(asked.get("plan") or "")


# --- running it --------------------------------------------------------------------------------


def state_file() -> Path:
    """Return the file with the port and the token, in the person's own folder."""
    return Path.home() / ".qiyx" / "server.json"


def read_state(path: Path | None = None) -> dict[str, Any] | None:
    """Return the port, token and process of the service that was started last."""
    try:
        state = json.loads((path or state_file()).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and {"port", "token"} <= state.keys() else None


def _write_state(path: Path, port: int, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump({"port": port, "token": token, "pid": os.getpid(), "version": __version__}, file)
    beside.replace(path)


async def _serve(listener: socket.socket, service: Service, idle: float) -> None:
    import uvicorn

    config = uvicorn.Config(
        service.app, log_level="critical", access_log=False, lifespan="off", timeout_keep_alive=30
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not serving.done():
        await asyncio.sleep(min(1.0, idle))
        if service.stops or time.monotonic() - service.last > idle:
            server.should_exit = True
    await serving


def main(idle: float = IDLE) -> None:
    """Serve until it is told to stop, or nobody asked for a long time."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((HOST, 0))
    port, token = listener.getsockname()[1], secrets.token_urlsafe(32)
    service = Service(port, token)
    from qiyx_xl.shells.functions import shipped

    shipped().version()  # so that the first cell does not wait
    path = state_file()
    _write_state(path, port, token)
    try:
        asyncio.run(_serve(listener, service, idle))
    finally:
        state = read_state(path)
        if state is not None and state["token"] == token:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
