"""reconcile: compare a period with the portal, list what differs, send again what it lacks."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from counter_app.commands.output import Answer
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import make_client
from counter_app.services.reconcile import Period, Progress, reconcile
from counter_app.services.reconcile_list import DifferenceRow, count_open, difference_ids, differences
from counter_app.services.reconcile_mend import mend_all


def run_reconcile(desk: DeskContext, options: Namespace) -> Answer:
    """Compare, then with ``--mend`` queue what can be sent again; ``sync`` sends it."""
    today = desk.clock().astimezone(VIETNAM).date()
    last = options.last or today
    period = Period(options.first or min(today, last), last)
    client = make_client(desk)
    try:
        report = reconcile(desk, client, period, _never, _silent)
    finally:
        client.close()
    document: dict[str, object] = asdict(report)
    lines = [
        f"Kỳ {period.first:%d/%m/%Y}–{period.last:%d/%m/%Y}: đối soát {report.compared} hồ sơ, khớp {report.equal}, "
        f"đã chấp nhận {report.accepted}, chưa gửi xong {report.on_the_way}, sai lệch {report.different}."
    ]
    if options.mend:
        mended = mend_all(desk, _never, _silent)
        document["mending"] = mended.differences
        lines.append(f"Đã xếp hàng gửi lại {mended.differences} sai lệch; chạy «sync» để gửi.")
    rows = differences(desk, difference_ids(desk)[: options.limit])
    document["open"] = count_open(desk)
    document["differences"] = rows
    return Answer(document, (*lines, *map(_line, rows)))


def _line(row: DifferenceRow) -> str:
    return "\t".join((str(row.id), row.dossier_code, row.label, row.ours, row.theirs, row.state.value))


def _never() -> bool:
    return False


def _silent(_progress: Progress | int) -> None:
    """A command tells once, at its end."""
