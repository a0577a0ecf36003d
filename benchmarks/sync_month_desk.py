"""Child process: sends all that waits, pass after pass; ``python -m benchmarks.sync_month_desk DIRECTORY LOG``.

Writes each call to the portal into ``LOG``, for the bare loop to make the same ones: method, path, bytes of the body,
dossiers in it, whether they are updates, and the digest of a document that begins. Tells the seconds that it took.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from counter_app.services.desk import open_desk
from counter_app.services.portal_link import make_engine
from counter_app.sync import outbox
from counter_app.sync.http import Http, HttpAnswer

ITEM = b'"MaHoSo":'
UPDATING = b'"isUpdating":"True"'


def main(directory: str, log: str) -> int:
    """Sync until nothing waits."""
    desk = open_desk(Path(directory))
    with open(log, "w", encoding="utf-8") as file:
        Http.send = _logged(Http.send, file)  # type: ignore[method-assign]
        begun, begun_cpu = time.perf_counter(), time.process_time()
        engine = make_engine(desk)
        passes = 0
        while True:
            result = engine.run_pass()
            passes += 1
            with desk.database.read() as session:
                due = outbox.next_due(session)
            if result.failed or result.error:
                raise RuntimeError(f"{result.failed} messages were refused, {result.error}")
            if due is None:
                break
            pause = max(due - desk.clock(), timedelta(0))
            threading.Event().wait(pause.total_seconds())
        engine.close()
        took, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    desk.close()
    sys.stdout.write(f"{json.dumps({'seconds': took, 'cpu': cpu, 'passes': passes})}\n")
    return 0


def _logged(send: Callable[..., HttpAnswer], file: IO[str]) -> Callable[..., HttpAnswer]:
    """``send``, written down; documents are sent in several threads."""
    guard = threading.Lock()

    def logged(http: Http, method: str, url: str, **more: Any) -> HttpAnswer:
        body = more.get("body") or b""
        items, updating = (body.count(ITEM), UPDATING in body) if isinstance(body, bytes) else (0, False)
        metadata = more["headers"].get("Upload-Metadata", "")
        digest = base64.b64decode(metadata.partition("sha256 ")[2].partition(",")[0]).decode()
        with guard:
            file.write(f"{method} {urlsplit(url).path} {len(body)} {items} {int(updating)} {digest or '-'}\n")
        return send(http, method, url, **more)

    return logged


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
