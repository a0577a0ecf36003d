"""What is known of the line, the queue, the data and the program, for the sync page and for the support.

Nothing here tells of a person: no name, number, dossier code, file name, user name, session or password, and
no words of the portal, which may quote any of them. Where a text comes from outside, only what is on a list
of known words is shown. The same lines are on the screen and in the file, so that the clerk sees what goes out.
"""

from __future__ import annotations

import platform
import re
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app import __version__
from counter_app.database import storage_told
from counter_app.errors import KnownError, UserError
from counter_app.migrations import HEAD_REVISION
from counter_app.models import Document, Dossier, OutboxMessage
from counter_app.portal_address import checked_address
from counter_app.portal_secret import portal_password
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.line_probe import LineReport, Outcome, Stage
from counter_app.services.outbox import outbox_load
from counter_app.services.sync_history import read_days
from counter_app.settings import Settings
from counter_app.sync.client import Exchange
from counter_app.sync.outbox import NOT_DONE
from counter_app.sync.warnings import CLOCK_TOLERANCE, DISK_WARN, QUEUE_TOLERANCE
from counter_app.whole_files import whole_file

HISTORY_DAYS: Final = 14
"""Days of the history in the file for the support."""

_STAGES: Final = {
    Stage.NAME: "Tên máy (DNS)",
    Stage.CONNECTION: "Kết nối",
    Stage.SECURITY: "Bảo mật (TLS)",
    Stage.ANSWER: "Trả lời",
}
_TONES: Final = {Outcome.GOOD: "good", Outcome.BAD: "late", Outcome.SKIPPED: ""}
_LIGHTS: Final = {
    "online": ("Cổng đã nhận tên và mật khẩu.", "good"),
    "offline": ("Chưa rõ: đang mất kết nối.", "soon"),
    "sign_in_needed": ("Cổng không nhận tên hoặc mật khẩu. Nhập lại ở Cài đặt.", "late"),
    "unknown": ("Chưa hỏi cổng.", ""),
}
_PROFILES: Final = {1: "cổng của tỉnh (kiểu 1)", 2: "cổng quốc gia (kiểu 2)"}
_NOT_PROBED: Final = "Chưa kiểm tra."
_KINDS: Final = {"create": "hồ sơ mới", "update": "cập nhật", "step": "bước xử lý", "upload": "tài liệu"}
_STATES: Final = {"waiting": "chờ gửi", "sending": "đang gửi", "needs_attention": "cần xử lý", "held": "đang giữ"}
_CALL: Final = re.compile(r"(?:GET|HEAD|POST|PATCH|PUT|DELETE)(?: /files)?|[A-Za-z][A-Za-z-]{1,31}")
"""A method, or the name of a service: never an address, which could name a dossier or an upload."""
_CODE: Final = re.compile(r"-?[0-9]{1,4}|[a-z_]{1,24}(?:_[0-9]{3})?")
"""A portal's code or a kind of trouble: too short for anybody's number."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about, what is known, and a tone (good, soon, late or "") where it matters."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the window knows beside the desk: the probe, the syncer's word, versions of its own libraries.

    ``password_set`` None: not looked for yet.
    """

    line: LineReport | None = None
    password_set: bool | None = None
    light: str = "unknown"
    paused: bool = False
    last_success_at: datetime | None = None
    clock_skew: timedelta | None = None
    exchanges: tuple[Exchange, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


def password_is_set(settings: Settings) -> bool:
    """Whether a password for the portal is kept; asking the keyring may take its time."""
    try:
        return bool(portal_password(settings))
    except KnownError:
        return False


def diagnose(desk: DeskContext, seen: Observed) -> tuple[Section, ...]:
    """Everything that can be said without a person's data, in the order in which one would look."""
    return (
        Section("Cổng", tuple(_portal_facts(desk.settings, seen))),
        Section("Đường truyền", tuple(_line_facts(seen))),
        Section("Hàng chờ", tuple(_queue_facts(desk))),
        Section("Dữ liệu ở máy này", tuple(_storage_facts(desk))),
        Section("Chương trình", tuple(_program_facts(seen))),
    )


def support_text(desk: DeskContext, seen: Observed) -> str:
    """The file for the support: the lines of the screen, the newest calls, the last days."""
    now = desk.clock().astimezone(VIETNAM)
    lines = [f"Quầy Một Cửa: thông tin cho bộ phận hỗ trợ, lập lúc {now:%H:%M:%S %d/%m/%Y}"]
    lines.append("Không có họ tên, số giấy tờ, mã hồ sơ, tên tệp, tên đăng nhập hay mật khẩu nào trong tệp này.")
    for section in diagnose(desk, seen):
        lines += ["", section.title.upper()]
        lines += [f"  {fact.label}: {fact.value}" for fact in section.facts]
    lines += ["", "CÁC LẦN GỌI GẦN ĐÂY (giờ | gọi | HTTP | mili giây | byte gửi | byte nhận | sự cố)"]
    lines += [f"  {' | '.join(exchange_cells(one))}" for one in seen.exchanges]
    lines += ["", "CÁC NGÀY GẦN ĐÂY (ngày | lượt | gửi | nhận | từ chối | giây mất liên lạc lâu nhất | lượt có lỗi)"]
    for day in read_days(desk).days[:HISTORY_DAYS]:
        troubles = sum(times for _, times in day.notes)
        numbers = (day.passes, day.sent, day.received, day.failed, int(day.silence.total_seconds()), troubles)
        lines.append(f"  {day.day:%d/%m/%Y} | {' | '.join(map(str, numbers))}")
    return "\n".join(lines) + "\n"


def save_support_file(desk: DeskContext, seen: Observed, target: Path) -> Path:
    """Write the file for the support, whole or not at all; KnownError when it cannot be written."""
    # With a mark of the encoding and the line ends that every Notepad reads.
    text = support_text(desk, seen).replace("\n", "\r\n").encode("utf-8-sig")
    with storage_told(target), whole_file(target) as file:
        file.write(text)
    return target


def exchange_cells(exchange: Exchange) -> tuple[str, ...]:
    """A call and its answer as seven texts; whatever is not a known word is left out."""
    return (
        f"{exchange.at.astimezone(VIETNAM):%H:%M:%S %d/%m}",
        exchange.call if _CALL.fullmatch(exchange.call) else "khác",
        "" if exchange.status is None else str(exchange.status),
        str(exchange.milliseconds),
        str(exchange.bytes_sent),
        str(exchange.bytes_received),
        exchange.trouble if not exchange.trouble or _CODE.fullmatch(exchange.trouble) else "khác",
    )


def _portal_facts(settings: Settings, seen: Observed) -> Iterable[Fact]:
    portal = settings.portal
    yield _address_fact(portal.url)
    yield Fact("Kiểu kết nối", _PROFILES.get(portal.profile, "khác"))
    own = bool(portal.ca_bundle)
    yield Fact("Chứng thư gốc", "riêng của cơ quan" if own else "dùng chung (đi kèm chương trình)")
    yield Fact("Tên đăng nhập", "đã nhập" if portal.user else "chưa nhập", "" if portal.user else "late")
    if seen.password_set is not None:
        words, tone = ("có trong kho mật khẩu", "") if seen.password_set else ("chưa có; nhập ở Cài đặt", "late")
        yield Fact("Mật khẩu", words, tone)
    words, tone = _LIGHTS.get(seen.light, _LIGHTS["unknown"])
    yield Fact("Đăng nhập", words, tone)
    if seen.paused:
        yield Fact("Tạm dừng", "Có người đã tạm dừng gửi.", "late")
    last = seen.last_success_at
    yield Fact("Lần cuối liên lạc được", "chưa lần nào" if last is None else _time(last))


def _address_fact(url: str) -> Fact:
    """The address without anything but machine, port and path."""
    if not url:
        return Fact("Địa chỉ", "Chưa nhập; nhập ở Cài đặt (Ctrl+,).", "late")
    try:
        parts = urlsplit(checked_address(url))
    except UserError as error:
        return Fact("Địa chỉ", error.message, "late")
    port = f":{parts.port}" if parts.port else ""
    return Fact("Địa chỉ", f"{parts.scheme}://{parts.hostname}{port}{parts.path}")


def _line_facts(seen: Observed) -> Iterable[Fact]:
    line = seen.line
    steps = () if line is None else line.steps
    if line is None or (line.stopped and not steps):
        yield Fact("Kiểm tra", _NOT_PROBED if line is None else "Đã dừng giữa chừng.")
    elif line.proxy:
        yield Fact("Máy chủ trung gian (proxy)", line.proxy)
    for step in steps:
        took = f" ({step.milliseconds} ms)" if step.outcome is not Outcome.SKIPPED else ""
        yield Fact(_STAGES[step.stage], f"{step.words}{took}", _TONES[step.outcome])
        if step.stage is Stage.SECURITY and line is not None and line.certificate is not None:
            certificate = line.certificate
            yield Fact("Chứng thư cấp cho", certificate.subject)
            yield Fact("Nơi ký chứng thư", certificate.issuer)
            yield Fact("Chứng thư có giá trị", f"{_time(certificate.valid_from)} đến {_time(certificate.valid_until)}")
    skew = line.clock_skew if line is not None and line.clock_skew is not None else seen.clock_skew
    if skew is not None:
        seconds = round(skew.total_seconds())
        words = "đúng với cổng" if abs(seconds) < 2 else f"lệch {_span(abs(seconds))}, {_side(seconds)}"
        yield Fact("Đồng hồ máy", words, "late" if abs(skew) > CLOCK_TOLERANCE else "")


def _span(seconds: int) -> str:
    """In the unit in which a person would set the clock."""
    for unit, name in ((86_400, "ngày"), (3_600, "giờ"), (60, "phút")):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {name}"
    return f"{seconds} giây"


def _side(seconds: int) -> str:
    """The skew is the portal's clock minus ours."""
    return "chậm hơn cổng" if seconds > 0 else "nhanh hơn cổng"


def _queue_facts(desk: DeskContext) -> Iterable[Fact]:
    load, now = outbox_load(desk), desk.clock()
    yield Fact("Hồ sơ chờ gửi", str(load.dossiers))
    yield Fact("Tài liệu chờ gửi", str(load.documents))
    yield Fact("Còn phải gửi", _amount(load.bytes_left))
    yield Fact("Cần xử lý", str(load.needs_attention), "late" if load.needs_attention else "")
    if load.oldest_waiting_at is not None:
        age = now - load.oldest_waiting_at
        yield Fact("Tin cũ nhất", f"chờ từ {_time(load.oldest_waiting_at)}", "late" if age > QUEUE_TOLERANCE else "")
    with desk.database.read() as session:
        yield from _message_facts(session)


def _message_facts(session: Session) -> Iterable[Fact]:
    """How many messages of each kind stand how, with the portal's code; its words may name people."""
    columns = (OutboxMessage.kind, OutboxMessage.state, OutboxMessage.error_code)
    query = (
        select(*columns, func.count(), func.max(OutboxMessage.attempts))
        .where(OutboxMessage.state.in_(NOT_DONE))
        .group_by(*columns)
        .order_by(*columns)
    )
    for kind, state, code, number, attempts in session.execute(query):
        known = code if not code or _CODE.fullmatch(code.lower()) else "khác"
        words = f"{number} tin, gửi nhiều nhất {attempts} lần" + (f", mã {known}" if known else "")
        yield Fact(f"- {_KINDS.get(kind, 'khác')}, {_STATES.get(state, 'khác')}", words)


def _storage_facts(desk: DeskContext) -> Iterable[Fact]:
    path = desk.database.path
    yield Fact("Cơ sở dữ liệu", f"{_amount(_size(path))}, nhật ký {_amount(_size(path, '-wal'))}")
    with desk.database.read() as session:
        dossiers = session.scalar(select(func.count()).select_from(Dossier)) or 0
        documents, size = session.execute(select(func.count(), func.coalesce(func.sum(Document.size), 0))).one()
    yield Fact("Hồ sơ", str(dossiers))
    yield Fact("Tài liệu", f"{documents} tệp, {_amount(size)}")
    free = shutil.disk_usage(path.parent).free
    yield Fact("Ổ đĩa còn trống", _amount(free), "late" if free < DISK_WARN else "")
    copies = sorted(path.parent.glob("backups/hang-ngay-*.db"))
    newest = re.search(r"(\d{4})(\d\d)(\d\d)", copies[-1].stem) if copies else None
    words = "/".join(reversed(newest.groups())) if newest else "chưa có"
    yield Fact("Sao lưu gần nhất", words, "" if newest else "soon")
    yield Fact("Lược đồ dữ liệu", HEAD_REVISION)


def _program_facts(seen: Observed) -> Iterable[Fact]:
    yield Fact("Quầy Một Cửa", __version__)
    yield Fact("Python", platform.python_version())
    for name, version in seen.versions:
        yield Fact(name, version)
    yield Fact("SQLite", sqlite3.sqlite_version)
    yield Fact("Hệ điều hành", f"{platform.system()} {platform.release()} ({platform.machine()})")


def _size(path: Path, suffix: str = "") -> int:
    try:
        return path.with_name(path.name + suffix).stat().st_size
    except FileNotFoundError:
        return 0


def _amount(size: int) -> str:
    if 0 < size < 1024**2:
        return f"{max(size // 1024, 1)} KB"
    return f"{size / 1024**2:,.1f} MB".translate(_DECIMALS)


_DECIMALS: Final = str.maketrans(",.", ".,")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
