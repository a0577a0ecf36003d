"""A syncing program to be killed: ``sync_child.py DATA URL``; ends by itself when nothing waits."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from sync_desk import SyncDesk, drain


def main(directory: str, url: str) -> None:
    desk = SyncDesk.open(Path(directory))
    # Real time: what the killed program's calls are given to settle passes by itself.
    desk.clock = lambda: datetime.now(UTC)  # type: ignore[assignment]
    client = desk.client(url)
    drain(desk.engine(client), desk.database, threading.Event().wait, clock=desk.clock, give_up_after=60)
    client.close()
    desk.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
