"""Child process: a desk at work behind the thin line; ``python -m benchmarks.thin_line_desk DIRECTORY SEED``.

Sends what waits with the worker as the window has it, and takes a new dossier in every ten seconds or so; tells
each one's code and moment, one JSON object a line. The parent process ends it.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.receive import requests
from counter_app.services.desk import open_desk
from counter_app.services.portal_link import make_engine
from counter_app.services.receive import receive
from counter_app.storage import DATABASE_NAME
from counter_app.sync.worker import SyncStatus, SyncWorker

BETWEEN_SECONDS = (7.0, 13.0)


def main(directory: str, seed: str) -> int:
    """Work until the process is ended."""
    logging.basicConfig(level=logging.WARNING)
    random = Random(int(seed))
    desk = open_desk(Path(directory))
    make = requests(Path(directory) / DATABASE_NAME)
    worker = SyncWorker(desk.database, partial(make_engine, desk), _told, clock=desk.clock)
    worker.start()
    while True:
        threading.Event().wait(random.uniform(*BETWEEN_SECONDS))
        received = receive(desk, make())
        moment = time.time()
        worker.wake()
        _tell({"code": received.code, "at": moment})


def _told(status: SyncStatus) -> None:
    _tell({"what": status.sending or status.error, "at": time.time()})


def _tell(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what, ensure_ascii=False)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
