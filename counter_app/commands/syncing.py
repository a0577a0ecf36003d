"""sync and outbox."""

from __future__ import annotations

import threading
from argparse import Namespace
from datetime import timedelta

from counter_app.commands.output import Answer, local_time
from counter_app.errors import CounterError, KnownError, UserError
from counter_app.services.desk import DeskContext
from counter_app.services.outbox import OutboxRow, list_outbox, outbox_counts, retry
from counter_app.services.portal_link import make_engine
from counter_app.sync.engine import Light, PassResult

FRUITLESS_PASSES = 12
"""Passes in a row without anything moving after which ``sync`` gives up until the next call."""
LONGEST_WAIT = timedelta(seconds=60)
"""A longer wait than this is left to the next call or to the window."""


def run_sync(desk: DeskContext, options: Namespace) -> Answer:
    """One pass with ``--once``; else passes until nothing waits or the line is given up for now."""
    total = PassResult()
    fruitless = 0
    engine = make_engine(desk)
    try:
        engine.hurry()
        while True:
            last = engine.run_pass()
            _add(total, last)
            counts = outbox_counts(desk)
            left = counts.get("waiting", 0) + counts.get("sending", 0)
            fruitless = 0 if last.sent or last.received else fruitless + 1
            if options.once or not left or last.busy_elsewhere or fruitless >= FRUITLESS_PASSES:
                break
            if last.light is Light.SIGN_IN_NEEDED or not _wait(desk, last):
                break
    finally:
        engine.close()
    return _answer(desk, total, last)


def _wait(desk: DeskContext, last: PassResult) -> bool:
    """Wait as long as the line or the earliest message asks; False when that is too long to sit through."""
    now = desk.clock()
    until = last.retry_at or min((row.next_attempt_at for row in list_outbox(desk, "waiting")), default=now)
    if until - now > LONGEST_WAIT:
        return False
    threading.Event().wait(max((until - now).total_seconds(), 0.05))
    return True


def _add(total: PassResult, last: PassResult) -> None:
    total.sent += last.sent
    total.received += last.received
    total.failed += last.failed


def _answer(desk: DeskContext, total: PassResult, last: PassResult) -> Answer:
    counts = outbox_counts(desk)
    left = counts.get("waiting", 0) + counts.get("sending", 0)
    attention = list_outbox(desk, "needs_attention")
    document: dict[str, object] = {
        "sent": total.sent,
        "received": total.received,
        "left": left,
        "needs_attention": [_message(row) for row in attention],
    }
    lines = [f"Đã gửi {total.sent}, đã nhận {total.received}, còn chờ {left}, cần xử lý {len(attention)}."]
    lines += [f"  {row.dossier_code}: {row.last_error} (khóa {row.key})" for row in attention]
    trouble = _trouble(last, attention)
    if trouble is None:
        return Answer(document, tuple(lines))
    document["error"] = {"kind": trouble.kind, "message": trouble.message}
    return Answer(document, tuple(lines), (trouble.message,), 1 if isinstance(trouble, UserError) else 3)


def _trouble(last: PassResult, attention: list[OutboxRow]) -> CounterError | None:
    if last.busy_elsewhere:
        return KnownError("sync_busy", "Một chương trình khác đang đồng bộ dữ liệu này. Hãy đợi nó xong rồi chạy lại.")
    if last.light is Light.SIGN_IN_NEEDED:
        return UserError("sign_in_needed", last.error)
    if last.light is Light.OFFLINE:
        return KnownError("line_down", f"{last.error} Hồ sơ vẫn được giữ và sẽ gửi khi có đường truyền.")
    if attention:
        return UserError(
            "needs_attention",
            f"Cổng từ chối {len(attention)} mục (nêu trên). Hãy sửa rồi gửi lại: counter-app outbox retry KHÓA.",
        )
    return None


def run_outbox(desk: DeskContext, options: Namespace) -> Answer:
    if options.action == "retry":
        retry(desk, options.key)
        return Answer({"key": options.key, "state": "waiting"}, ("Đã xếp lại để gửi.",))
    rows = list_outbox(desk, limit=options.limit)
    counts = outbox_counts(desk)
    lines = tuple(
        f"{row.key}\t{row.dossier_code}\t{row.kind}\t{row.state}\tlần {row.attempts}\t"
        f"thử lại {local_time(row.next_attempt_at)}\t{row.last_error}"
        for row in rows
    )
    return Answer({"counts": counts, "messages": [_message(row) for row in rows]}, lines or ("Không có gì chờ gửi.",))


def _message(row: OutboxRow) -> dict[str, object]:
    return {
        "key": row.key,
        "code": row.dossier_code,
        "kind": row.kind,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "last_error": row.last_error,
        "error_code": row.error_code,
        "error_field": row.error_field,
        "created_at": row.created_at,
    }
