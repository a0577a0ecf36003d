"""The office and its desk: set up once, printed on every paper."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import KnownError, UserError
from counter_app.models import Desk, Office, User
from counter_app.rules import dossier_code
from counter_app.services.desk import DeskContext
from counter_app.services.values import OfficeData
from counter_app.settings import SETTINGS_NAME, Settings, check_settings, save_settings
from counter_app.storage import DATABASE_NAME, create_database


def init_desk(directory: Path, office: OfficeData, settings: Settings) -> None:
    """Make a data directory for one desk of an office.

    Raises UserError ``already_initialised``, ``office_code_invalid``, ``settings_invalid``; KnownError when
    the directory cannot be written.
    """
    if (directory / DATABASE_NAME).exists() and (directory / SETTINGS_NAME).exists():
        raise UserError(
            "already_initialised",
            f"Thư mục «{directory}» đã có dữ liệu của một quầy. Hãy chọn thư mục khác hoặc mở thư mục này để dùng.",
        )
    if not dossier_code.is_valid_office(office.code):
        raise UserError(
            "office_code_invalid",
            f"Mã cơ quan «{office.code}» không đúng dạng. Hãy nhập như H15.36 hoặc 000.00.20.H15 (QCVN 102).",
        )
    if not office.name.strip():
        raise UserError("office_name_missing", "Thiếu tên cơ quan. Hãy nhập tên, ví dụ «UBND xã Ea Kao».")
    check_settings(settings)
    database = create_database(directory)
    try:
        with database.write() as session:
            row = session.scalar(select(Office).where(Office.code == office.code))
            if row is None:
                row = Office(code=office.code, name=office.name)
                session.add(row)
            _fill(row, office)
            session.flush()
            desks = session.scalars(select(Desk.number).where(Desk.office_id == row.id)).all()
            if settings.desk not in desks:
                session.add(Desk(office_id=row.id, number=settings.desk))
            session.add(User(office_id=row.id, full_name=settings.clerk))
    finally:
        database.close()
    # Written last: a directory without settings is not initialised, so a cut on the way can be repeated.
    save_settings(directory, settings)


def default_place(office_name: str) -> str:
    """The place named in "…, ngày … tháng …" (Nghị định 30/2020): the name of the unit, without its kind."""
    words = office_name.split()
    kinds = {
        "ubnd",
        "ủy",
        "uỷ",
        "ban",
        "nhân",
        "dân",
        "xã",
        "phường",
        "thị",
        "trấn",
        "đặc",
        "khu",
        "tỉnh",
        "thành",
        "phố",
    }
    while words and words[0].lower() in kinds:
        words = words[1:]
    return " ".join(words)


def office_row(session: Session, desk: DeskContext) -> Office:
    """The desk's own office inside a unit of work."""
    row = session.scalar(select(Office).where(Office.code == desk.settings.office))
    if row is None:
        raise KnownError(
            "not_initialised",
            f"Chưa có dữ liệu của cơ quan «{desk.settings.office}». Hãy kiểm tra mục «office» trong settings.toml.",
        )
    return row


def get_office(desk: DeskContext) -> OfficeData:
    """The office as it is printed on papers."""
    with desk.database.read() as session:
        row = office_row(session, desk)
        return OfficeData(**{item.name: getattr(row, item.name) for item in fields(OfficeData)})


def save_office(desk: DeskContext, office: OfficeData) -> None:
    """Change the printed data of the desk's own office; papers already given stay as they were."""
    if office.code != desk.settings.office:
        raise UserError("office_code_fixed", "Không đổi được mã cơ quan vì mã hồ sơ đã cấp mang mã này.")
    if not office.name.strip():
        raise UserError("office_name_missing", "Thiếu tên cơ quan. Hãy nhập tên, ví dụ «UBND xã Ea Kao».")
    with desk.database.write() as session:
        _fill(office_row(session, desk), office)


def _fill(row: Office, office: OfficeData) -> None:
    for item in fields(OfficeData):
        setattr(row, item.name, getattr(office, item.name))
