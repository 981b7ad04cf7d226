"""`make bench-widget`: what the widget costs a phone, beside other chat widgets in the same run.

Debian's Chromium, a network as slow as 3G at its worst and a processor four times slower, each page in a
fresh browser. The others come from npm (`bench/peers`), with nobody behind them: theirs is the time until
their box to write in can be seen; the talk whose memory is measured is put into them. The table goes to
docs/widget.md.
"""

from __future__ import annotations

import gzip
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.assistant import running
from bot.settings import ROOT
from gateway.widget import DIST, manifest

REPORT = ROOT / "docs" / "widget.md"
PEERS = ROOT / "bench" / "peers"
CHROMIUM = "/usr/bin/chromium"
ROUNDS = 5
TALK = 200
_SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
_DEEP_CHAT = PEERS / "node_modules" / "deep-chat" / "dist" / "deepChat.bundle.js"
_WEB_CHAT = PEERS / "node_modules" / "botframework-webchat" / "dist" / "webchat-minimal.js"


@dataclass(frozen=True)
class Peer:
    """Another widget: its file, its page, what can be seen when it is ready, how a talk is put in."""

    name: str
    file: Path
    page: str
    ready: str
    fill: str


OTHERS = (
    Peer(
        "deep-chat",
        _DEEP_CHAT,
        '<script type="module" src="/file.js"></script><deep-chat></deep-chat>',
        "deep-chat #text-input",
        "talk => document.querySelector('deep-chat').history = talk.flatMap("
        "([said, answer]) => [{role: 'user', text: said}, {role: 'ai', text: answer}])",
    ),
    Peer(
        "Bot Framework Web Chat, minimal",
        _WEB_CHAT,
        '<div id="chat"></div><script src="/file.js"></script><script>'
        "const store = WebChat.createStore(); "
        "WebChat.renderWebChat({directLine: WebChat.createDirectLine({token: 'none'}), store}, "
        "document.getElementById('chat'))</script>",
        "[data-testid='send box text area'], .webchat__send-box-text-box__input, textarea, input[type=text]",
        "talk => talk.flat().forEach((text, at) => store.dispatch({type: 'DIRECT_LINE/INCOMING_ACTIVITY', "
        "payload: {activity: {id: `${at}`, type: 'message', text, timestamp: new Date(at).toISOString(), "
        "from: {id: `${at % 2}`, role: at % 2 ? 'bot' : 'user'}}}}))",
    ),
)


def main() -> None:
    _install()
    rows = [("widget", "first load", "gzipped", "ready on slow 3G", "requests", "heap")]
    with sync_playwright() as playwright, running() as url:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        heap, answer = _heap_after_a_long_talk(browser, url)
        rows += _ours(browser, url, heap)
        rows += [_other(browser, peer, answer) for peer in OTHERS]
        browser.close()
    lines = [f"| {' | '.join(row)} |" for row in rows]
    REPORT.write_text(
        "\n".join([
            "# What the widget costs a phone", "",
            "Made by `make bench-widget`: Chromium, 400 ms latency, 50 kB/s, processor slowed four times, the median of "
            f"{ROUNDS} fresh browsers. *Ready*: the button can be seen, or the box to write in. *Heap*: JavaScript's, "
            f"after a talk of {TALK} messages, each with the same answer; ours is that of the frame.", "",
            lines[0], "|---|---|---|---|---|---|", *lines[1:], "",
        ]),
        "utf-8",
    )  # fmt: skip
    print(REPORT.read_text("utf-8"))


def _install() -> None:
    if not _DEEP_CHAT.is_file() or not _WEB_CHAT.is_file():
        print("installing the other widgets …", flush=True)
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=PEERS, check=True)


def _ours(browser: Browser, url: str, heap: float) -> list[tuple[str, ...]]:
    built = manifest()["files"]
    loader, frame = (
        built["cyswllt.js"],
        [built[name] for name in ("frame.html", "frame.css", "frame.js")],
    )
    button, opened, asked = [], [], 0
    for _ in range(ROUNDS):
        with _slow_page(browser) as page:
            page.goto(f"{url}/en/example", wait_until="commit")
            page.locator("cyswllt-chat button").wait_for(timeout=120_000)
            button.append(_now(page))
            requests: list[str] = []
            page.on("request", lambda request, seen=requests: seen.append(request.url))
            before = _now(page)
            page.locator("cyswllt-chat button").click()
            inside = page.frame_locator("cyswllt-chat iframe")
            inside.locator(".answer").first.wait_for(timeout=120_000)
            opened.append(_now(page) - before)
            asked = len(requests)
    bytes_opened = sum(file["bytes"] for file in frame)
    gzipped = sum(file["gzipped"] for file in frame)
    return [
        (
            "Cyswllt: the button",
            _kb(loader["bytes"]),
            _kb(loader["gzipped"]),
            _seconds(button),
            "1",
            "",
        ),
        (
            "Cyswllt: opened, with its greeting",
            _kb(bytes_opened),
            _kb(gzipped),
            _seconds(opened),
            str(asked),
            _mb(heap),
        ),
    ]


def _other(browser: Browser, peer: Peer, answer: str) -> tuple[str, ...]:
    print(f"  {peer.name} …", flush=True)
    taken = []
    with _served(peer) as url:
        for _ in range(ROUNDS):
            with _slow_page(browser) as page:
                page.goto(url, wait_until="commit")
                page.locator(peer.ready).first.wait_for(timeout=300_000)
                taken.append(_now(page))
        page = browser.new_page()
        page.goto(url)
        page.locator(peer.ready).first.wait_for()
        page.evaluate(peer.fill, [(f"message {at}", answer) for at in range(TALK)])
        page.get_by_text(f"message {TALK - 1}", exact=True).first.wait_for(state="attached")
        heap = _heap(page)
        page.close()
    content = peer.file.read_bytes()
    sizes = (_kb(len(content)), _kb(len(_zipped(peer.file))))
    return peer.name, *sizes, _seconds(taken), "1", _mb(heap)


def _heap_after_a_long_talk(browser: Browser, url: str) -> tuple[float, str]:
    """Return the bytes of JavaScript's heap after a talk in which every answer is the same, and that answer."""
    page = browser.new_page()
    page.goto(f"{url}/widget/v1/frame.html?language=en")
    page.locator(".answer").first.wait_for()
    ask = page.locator("#question")
    ask.fill("how do I send money")
    with page.expect_response("**/messages") as told:
        ask.press("Enter")
    answer = told.value.json()
    page.route("**/messages", lambda route: route.fulfill(json=answer))
    for at in range(TALK):
        ask.fill(f"message {at}")
        ask.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.said').length >= {TALK}")
    page.wait_for_function(
        "![...document.querySelectorAll('.said')].some(e => e.children.length > 2)"
    )
    heap = _heap(page)
    page.close()
    return heap, "\n".join(message["text"] for message in answer["messages"])


def _heap(page: Page) -> float:
    """Return what JavaScript holds once nothing can be thrown away."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {
        each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]
    }
    return float(found["JSHeapUsedSize"])


@contextmanager
def _slow_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    session: CDPSession = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield page
    context.close()


def _now(page: Page) -> float:
    return float(page.evaluate("performance.now()"))


@cache
def _zipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9)


@contextmanager
def _served(peer: Peer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = self.path == "/file.js"
            body = _zipped(peer.file) if script else f"<!doctype html><body>{peer.page}".encode()
            self.send_response(200)
            self.send_header(
                "Content-Type", "text/javascript" if script else "text/html; charset=utf-8"
            )
            if script:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def _kb(size: int) -> str:
    return f"{size / 1024:.1f} KiB"


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


def _seconds(taken: list[float]) -> str:
    return f"{median(taken) / 1000:.1f} s"


if __name__ == "__main__":
    assert DIST.is_dir(), "run `python3 -m launcher setup`"
    main()
