"""Trouble told early (design.md section 6): a wrong clock, a disk nearly full, a queue that grows old."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from counter_app.sync import outbox_view

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
QUEUE_TOLERANCE: Final = timedelta(days=1)
DISK_WARN: Final = 2 * 1024**3
"""Bytes free below which the clerk is warned."""
DISK_STOP: Final = 250 * 1024**2
"""Bytes free below which no new document is taken: what is left is for records."""

_MB: Final = 1024**2

_CLOCK = "Đồng hồ máy lệch {minutes} phút so với cổng. Chỉnh lại ngày giờ của máy để giấy hẹn và sổ ghi đúng."
_OLD_QUEUE = "Có hồ sơ chờ gửi đã hơn một ngày. Kiểm tra đường truyền và trang Đồng bộ."
_DISK_LOW = (
    "Ổ đĩa chỉ còn {free} MB. Xóa bớt tệp không cần hoặc gọi quản trị; khi còn dưới 250 MB, chương trình ngừng nhận "
    "thêm giấy tờ quét."
)
_DISK_STOPPED = (
    "Ổ đĩa chỉ còn {free} MB nên đã ngừng nhận thêm giấy tờ quét; hồ sơ vẫn tiếp nhận được. Xóa bớt tệp không cần "
    "hoặc gọi quản trị ngay."
)


@dataclass(frozen=True)
class Facts:
    """What the warnings are drawn from; None where it is not known, or nothing waits.

    ``clock_skew``: the portal's clock minus ours; ``free_bytes``: room on the disk of the data.
    """

    clock_skew: timedelta | None
    free_bytes: int | None
    oldest_waiting_at: datetime | None
    now: datetime


def early_warnings(facts: Facts) -> tuple[str, ...]:
    """Return the sentences for the clerk, the most pressing first; empty when all is well."""
    found = []
    if facts.free_bytes is not None and facts.free_bytes < DISK_WARN:
        words = _DISK_STOPPED if facts.free_bytes < DISK_STOP else _DISK_LOW
        found.append(words.format(free=facts.free_bytes // _MB))
    if facts.clock_skew is not None and abs(facts.clock_skew) > CLOCK_TOLERANCE:
        found.append(_CLOCK.format(minutes=round(abs(facts.clock_skew).total_seconds() / 60)))
    if facts.oldest_waiting_at is not None and facts.now - facts.oldest_waiting_at > QUEUE_TOLERANCE:
        found.append(_OLD_QUEUE)
    return tuple(found)


def read_facts(session: Session, folder: Path, clock_skew: timedelta | None, now: datetime) -> Facts:
    """Gather the facts; ``folder`` is the data directory."""
    return Facts(clock_skew, free_bytes(folder), outbox_view.counts(session).oldest_waiting_at, now)


def free_bytes(folder: Path) -> int | None:
    """Return the room on the disk of ``folder``; None when the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
