"""init, catalogue, calendar, due, backup, restore, verify."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from counter_app.commands.output import Answer
from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM, Limit, LimitUnit, due, national_days_off
from counter_app.services.calendars import import_calendar, read_calendar
from counter_app.services.catalogue import (
    get_procedure,
    import_catalogue_file,
    import_starter_catalogue,
    list_procedures,
)
from counter_app.services.desk import DeskContext
from counter_app.services.offices import default_place, init_desk
from counter_app.services.portal_link import import_catalogue_from_portal
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.values import LIMIT_UNITS, LimitView, OfficeData
from counter_app.services.verify import verify
from counter_app.settings import PortalSettings, Settings
from counter_app.storage import backup, restore

FIRST_YEAR, LAST_YEAR = 1945, 2200
"""Years outside are slips of the pen, and dates near the ends of the calendar cannot be reckoned with."""


def run_init(directory: Path, options: Namespace) -> Answer:
    office = OfficeData(
        code=options.office,
        name=options.office_name,
        place=default_place(options.office_name),
    )
    portal = PortalSettings(url=(options.portal or "").rstrip("/"), user=options.user or "")
    init_desk(directory, office, Settings(office=options.office, desk=options.desk, portal=portal))
    return Answer(
        {"directory": directory, "office": office.code, "desk": options.desk},
        (f"Đã tạo quầy {options.desk} của {office.name} ({office.code}) trong «{directory}».",),
    )


def run_catalogue_import(desk: DeskContext, options: Namespace) -> Answer:
    if options.file == "starter":
        outcome = import_starter_catalogue(desk)
    elif options.file == "portal":
        outcome = import_catalogue_from_portal(desk)
    else:
        outcome = import_catalogue_file(desk, Path(options.file))
    return Answer(
        {
            "added": outcome.added,
            "changed": outcome.changed,
            "unchanged": outcome.unchanged,
            "warnings": outcome.warnings,
        },
        (f"Đã nhập danh mục: {outcome.added} mới, {outcome.changed} thay đổi, {outcome.unchanged} giữ nguyên.",),
        outcome.warnings,
    )


def run_catalogue_list(desk: DeskContext, options: Namespace) -> Answer:
    hits = list_procedures(desk, options.search or "")
    return Answer({"procedures": hits}, tuple(f"{hit.code}\t{hit.name}\t{limit_words(hit.limit)}" for hit in hits))


def run_catalogue_show(desk: DeskContext, options: Namespace) -> Answer:
    view = get_procedure(desk, options.code)
    lines = [
        f"{view.code}  {view.name}",
        f"Lĩnh vực: {view.field_name}",
        f"Thời hạn: {limit_words(view.limit)}",
        "Thành phần hồ sơ:",
    ]
    lines += [
        f"  {item.code}{' (bắt buộc)' if item.required else ''}: {item.name} "
        f"- bản chính {item.originals}, bản sao {item.copies}"
        for item in view.components
    ]
    lines += [f"Phí, lệ phí {fee.code}: {fee.name} {fee.amount:,} đ".replace(",", ".") for fee in view.fees]
    return Answer({"procedure": view}, tuple(lines))


def run_calendar_import(desk: DeskContext, options: Namespace) -> Answer:
    years = import_calendar(desk, Path(options.file))
    return Answer({"years": years}, (f"Đã nhập lịch các năm: {', '.join(map(str, years)) or 'không có'}.",))


def run_calendar_show(desk: DeskContext, options: Namespace) -> Answer:
    calendar = read_calendar(desk)
    national = national_days_off(options.year)
    off = sorted(
        day for day in calendar.days_off | national if day.year == options.year and not calendar.is_working_day(day)
    )
    worked = sorted(day for day in calendar.worked_days if day.year == options.year)
    return Answer(
        {"year": options.year, "off": off, "worked": worked},
        (
            "Ngày nghỉ: " + ", ".join(f"{day:%d/%m}" for day in off),
            "Ngày làm bù: " + (", ".join(f"{day:%d/%m}" for day in worked) or "không có"),
        ),
    )


def run_due(desk: DeskContext, options: Namespace) -> Answer:
    with rules_apply():
        moment = due(read_calendar(desk), options.start, Limit(options.limit, LimitUnit(options.unit)))
    return Answer({"due": moment}, (moment.isoformat(),))


def run_backup(desk: DeskContext, options: Namespace) -> Answer:
    made = backup(desk.database.path, Path(options.file).resolve())
    return Answer({"file": made}, (f"Đã sao lưu vào «{made}».",))


def run_restore(directory: Path, options: Namespace) -> Answer:
    restore(directory, Path(options.file))
    return Answer({"restored": True}, ("Đã phục hồi dữ liệu; dữ liệu cũ được giữ trong thư mục «backups».",))


def run_verify(desk: DeskContext, _options: Namespace) -> Answer:
    found = verify(desk)
    lines = [f"Đã kiểm tra {found.dossiers} hồ sơ, {found.events} sự kiện, {found.documents} tài liệu."]
    lines += found.problems or ("Không có sai sót.",)
    document = {
        "dossiers": found.dossiers,
        "events": found.events,
        "documents": found.documents,
        "problems": found.problems,
    }
    return Answer(document, tuple(lines), (), 3 if found.problems else 0)


def limit_words(limit: LimitView) -> str:
    """A time limit as a person reads it."""
    if limit.unit in ("same_day", "on_the_spot", "unknown"):
        cut_off = f" (nhận sau {limit.cut_off:%H:%M} trả ngày làm việc tiếp theo)" if limit.cut_off else ""
        return LIMIT_UNITS[limit.unit] + cut_off
    return f"{limit.amount} {LIMIT_UNITS[limit.unit]}"


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment of this age; without an offset it is Vietnamese time. UserError ``time_invalid``."""
    try:
        moment = datetime.fromisoformat(text)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError("no desk has been open then")
    except ValueError as error:
        raise UserError(
            "time_invalid", f"Thời điểm «{text}» không có thật hoặc sai dạng. Hãy ghi như 2026-05-12T08:30:00+07:00."
        ) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
