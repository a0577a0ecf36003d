"""What the parts of a running practice portal share, and how faults strike a call."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from flask import Response, render_template, request

from counter_app.sandbox.catalogue import Catalogue
from counter_app.sandbox.faults import FAULTS, FaultBoard
from counter_app.sandbox.httpd import LINE
from counter_app.sandbox.sessions import Clock, Sessions
from counter_app.sandbox.store import Store, dumps

CALLS_KEPT: Final = 200


@dataclass
class Call:
    """One call as the trainer's page shows it. ``what``: service or method; ``outcome``: code or status."""

    at: float
    what: str
    outcome: str = ""
    note: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass
class State:
    """One running portal. ``offices`` None = every office may send."""

    store: Store
    catalogue: Catalogue
    faults: FaultBoard
    sessions: Sessions
    clock: Clock
    offices: Collection[str] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))

    def begin(self, what: str) -> Call:
        """Note a call."""
        call = Call(self.clock(), what)
        self.calls.append(call)
        return call

    def strike(self, call: Call, fault: str) -> float | None:
        """The fault's seconds when it strikes this call, else None."""
        rule = self.faults.strike(fault, call.what)
        if rule is None:
            return None
        call.faults.append(FAULTS[fault])
        return rule.seconds

    def fault_before(self, call: Call) -> Response | None:
        """The answer of a fault that keeps the call from being worked on."""
        if self.strike(call, "html") is not None:
            call.outcome = "HTML"
            return Response(render_template("captive.html"), content_type="text/html; charset=utf-8")
        for fault, status in (("busy_503", 503), ("busy_429", 429)):
            seconds = self.strike(call, fault)
            if seconds is not None:
                call.outcome = str(status)
                answer = json_response({"error_code": "99", "message": "Cổng đang bận, hãy thử lại sau."}, status)
                answer.headers["Retry-After"] = str(int(seconds))
                return answer
        return None

    def fault_after(self, call: Call, answer: Response) -> Response:
        """What a fault leaves of an answer whose work is done: late, never, or whole."""
        seconds = self.strike(call, "slow")
        if seconds is not None:
            self.stopping.wait(seconds)
        if self.strike(call, "cut_after_commit") is not None:
            return cut()
        return answer


def cut() -> Response:
    """Close the connection without an answer."""
    request.environ[LINE].cut()
    return Response(status=500)


def json_response(value: object, status: int = 200) -> Response:
    """A JSON answer in UTF-8."""
    return Response(dumps(value), status, content_type="application/json; charset=utf-8")
