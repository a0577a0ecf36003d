"""Printing again what a job of the spool was for, whatever paper that is."""

from __future__ import annotations

from counter_app.errors import UserError
from counter_app.services import apologies_paper, papers, papers_lists, print_jobs, scan_sheets
from counter_app.services.desk import DeskContext
from counter_app.services.papers_return import slip_again
from counter_app.services.print_jobs import JobRow
from counter_app.services.printers import TEST_FORM
from counter_app.services.register_print import APOLOGY_LIST, REGISTER
from counter_app.services.returning_slip import FORM as RETURN_SLIP
from counter_app.sheet_kinds import THERMAL_FORM


def print_again(desk: DeskContext, job_id: int) -> int:
    """Put the paper of a job into the spool in its place; the new job's id.

    It carries "Bản in lại", unless every job for it was given up before anything came out. Raises UserError
    ``register_is_new``, ``list_is_new``, ``slip_not_signed`` and as ``make_paper`` and ``print_jobs.reprint`` do.
    """
    row, marked = print_jobs.job(desk.database, job_id), print_jobs.may_be_out(desk.database, job_id)
    if row.form == apologies_paper.TOGETHER:
        return apologies_paper.reprint_job(desk, job_id, marked=marked)
    if row.form == REGISTER:
        raise UserError("register_is_new", "Sổ theo dõi in lại là sổ mới của khoảng đó: hãy in ở trang Báo cáo (F8).")
    if row.form == APOLOGY_LIST:
        raise UserError("list_is_new", "Danh sách tháng in lại là danh sách mới: hãy in ở trang Quá hạn (F6), Ctrl+M.")
    if _same_bytes(row):
        return print_jobs.reprint(desk.database, job_id, None, desk.clock())
    if row.form in papers_lists.TITLES and row.event_number is not None:
        payload, kept = papers_lists.list_again(desk, row.form, row.event_number, reprint=marked), None
    elif row.form == THERMAL_FORM:
        number = row.event_number
        payload, kept = papers.make_thermal(desk, row.dossier_code, reprint=marked, event_number=number), None
    else:
        paper = _paper(desk, row, marked)
        payload, kept = paper.pdf, paper.kept
    return print_jobs.reprint(desk.database, job_id, payload, desk.clock(), marked=marked, kept=kept)


def _same_bytes(row: JobRow) -> bool:
    """A test page, sheets for the scanner, and a list that was printed to be looked at: they bear no mark."""
    draft = row.form in papers_lists.TITLES and row.event_number is None
    return draft or row.form == TEST_FORM or row.form in scan_sheets.TITLES


def _paper(desk: DeskContext, row: JobRow, marked: bool) -> papers.Paper:
    if row.form == RETURN_SLIP and row.event_number is None:
        return slip_again(desk, row.id, marked=marked)
    return papers.make_paper(desk, row.dossier_code, row.form, reprint=marked, event_number=row.event_number)
