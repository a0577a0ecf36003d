"""The practice portal as a thing to start and stop."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flask import Flask

from counter_app.sandbox import integration, pages, profile2, uploads
from counter_app.sandbox.catalogue import Catalogue
from counter_app.sandbox.faults import FaultBoard
from counter_app.sandbox.feed import push
from counter_app.sandbox.fields import Item
from counter_app.sandbox.httpd import PortalServer
from counter_app.sandbox.samples import push_sample
from counter_app.sandbox.sessions import Clock, Sessions
from counter_app.sandbox.state import State
from counter_app.sandbox.store import Store


class PracticePortal:
    """A portal of profile 1 on this machine, for training, demonstrations and tests.

    ``catalogue``: a catalogue file or its content; ``faults``: see :meth:`FaultBoard.apply`; ``offices``:
    identifiers that may send (None = all); ``clock``: seconds since the epoch. Everything that it answered
    for is in ``db_path`` and the folder beside it, and there again after a restart.
    """

    def __init__(
        self,
        db_path: Path | str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        catalogue: Path | str | Mapping[str, Any] | None = None,
        username: str = "canbo",
        password: str = "thuchanh",
        faults: Mapping[str, Any] | None = None,
        knows_idempotency: bool = True,
        seed: int | None = None,
        session_seconds: int = 3600,
        offices: Collection[str] | None = None,
        clock: Clock = time.time,
    ) -> None:
        self._db_path = Path(db_path)
        self._host = host
        self._port = port
        self._login = (username, password, session_seconds)
        self._catalogue = Catalogue.load(catalogue)
        self._offices = offices
        self._clock = clock
        self.faults = FaultBoard(faults, knows_idempotency=knows_idempotency, seed=seed)
        self._state: State | None = None
        self._server: PortalServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen and answer in a thread. KnownError ``practice_storage``, ``port_in_use``, ``cannot_listen``."""
        if self._server is not None:
            return self
        store = Store(self._db_path)
        sessions = Sessions(store, *self._login, self._clock)
        state = State(store, self._catalogue, self.faults, sessions, self._clock, self._offices)
        try:
            server = PortalServer(self._host, self._port, make_app(state))
        except BaseException:
            store.close()
            raise
        # A restart answers at the same address.
        self._port = server.port
        self._state, self._server = state, server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="practice-portal", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Cut every connection, end every thread, close the file. Does nothing when not running."""
        if self._server is None or self._state is None or self._thread is None:
            return
        self._state.stopping.set()
        self._server.stop()
        self._thread.join()
        self._state.store.close()
        self._state = self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    @property
    def profile2_url(self) -> str:
        """Base address of the same portal in profile 2; its client and secret are the user name and password."""
        return self.url + profile2.PREFIX

    def profile2_records(self) -> profile2.Profile2Records:
        """What the portal of profile 2 holds."""
        return profile2.Profile2Records(self._running().store)

    def dossiers(self) -> dict[str, Item]:
        """Every dossier by code, each with its steps under ``TienDo``."""
        store = self._running().store
        codes = [row["code"] for row in store.rows("SELECT code FROM dossier ORDER BY code")]
        return {code: dossier for code in codes if (dossier := store.dossier(code)) is not None}

    def steps(self, code: str) -> list[Item]:
        """A dossier's steps in the order of arrival, repeats and all; empty when it is unknown."""
        dossier = self._running().store.dossier(code)
        steps: list[Item] = dossier["TienDo"] if dossier else []
        return steps

    def files(self) -> list[Item]:
        """Every upload: ``id``, ``name``, ``office``, ``sha256``, ``length``, ``received``, ``state``
        (open, complete, gone)."""
        return [dict(row) for row in self._running().store.rows("SELECT * FROM upload ORDER BY created_at, id")]

    def push(self, kind: str, code: str, data: object) -> int:
        """Put an entry into the change feed; see :func:`counter_app.sandbox.feed.push`."""
        return push(self._running().store, kind, code, data, self._clock())

    def push_sample(self, kind: str = "HoSoMoi", **wishes: str) -> str:
        """Put a sample entry into the feed; see :func:`counter_app.sandbox.samples.push_sample`."""
        return push_sample(self._running().store, self._catalogue, kind, self._clock(), **wishes)

    def expire_sessions(self) -> None:
        """End every session now."""
        self._running().sessions.expire_all()

    def _running(self) -> State:
        if self._state is None:
            raise RuntimeError("the practice portal is not running")
        return self._state


def make_app(state: State) -> Flask:
    """The WSGI application on a state."""
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.register_blueprint(integration.blueprint(state))
    app.register_blueprint(uploads.blueprint(state))
    app.register_blueprint(pages.blueprint(state))
    app.register_blueprint(profile2.blueprint(state))
    return app


def run(
    host: str,
    port: int,
    db: Path | str,
    catalogue_file: Path | str | Mapping[str, Any] | None,
    *,
    faults: Mapping[str, Any] | None = None,
    knows_idempotency: bool = True,
    seed: int | None = None,
    as_json: bool = False,
) -> None:
    """The command ``practice-portal``: say where it is, then answer until Ctrl+C.

    KnownError as in :meth:`PracticePortal.start`, and ``catalogue_unreadable``.
    """
    portal = PracticePortal(
        db,
        host=host,
        port=port,
        catalogue=catalogue_file,
        faults=faults,
        knows_idempotency=knows_idempotency,
        seed=seed,
    )
    stopped = threading.Event()
    try:
        with portal:
            _announce(portal, db, as_json)
            # In short waits, because Windows does not interrupt a long one.
            while not stopped.wait(1):
                continue
    except KeyboardInterrupt:
        sys.stderr.write("Đã dừng cổng thực hành.\n")


def _announce(portal: PracticePortal, db: Path | str, as_json: bool) -> None:
    where = {"url": portal.url, "username": "canbo", "password": "thuchanh", "db": str(db)}
    if as_json:
        text = json.dumps(where, ensure_ascii=False)
    else:
        text = f"Cổng thực hành: {portal.url}\nTên đăng nhập: canbo\nMật khẩu: thuchanh\nNhấn Ctrl+C để dừng."
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
