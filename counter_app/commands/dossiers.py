"""receive, attach, the steps, show, list, search."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from counter_app.commands.output import Answer, local_time
from counter_app.rules.lifecycle import Status, Step, label, step_label
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.document_text import TextHit, find_in_documents, read_document
from counter_app.services.intake_document import request_from_document
from counter_app.services.json_files import parse_json, read_json_file
from counter_app.services.reading import find, list_dossiers, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ComponentIn, DossierView, QueueFilter, QueueRow


def run_receive(desk: DeskContext, options: Namespace) -> Answer:
    if options.file == "-":
        document, folder = parse_json(sys.stdin.buffer.read(), "document_invalid", "đầu vào"), Path()
    else:
        path = Path(options.file)
        document, folder = read_json_file(path, "document_invalid"), path.parent
    request = request_from_document(
        document,
        folder,
        at=options.at,
        due=options.new_due,
        reason=options.reason or "",
        supplement_reason=options.request_supplement or "",
    )
    done = receive(desk, request)
    return Answer(
        {
            "code": done.code,
            "status": done.status,
            "received_at": done.received_at,
            "due": done.due,
            "warnings": done.warnings,
        },
        (f"{done.code}\thẹn trả {local_time(done.due)}",),
        done.warnings,
    )


def run_attach(desk: DeskContext, options: Namespace) -> Answer:
    done = attach(
        desk,
        options.code,
        [Path(name) for name in options.files],
        component=options.component or "",
        result=options.result or "",
        at=options.at,
    )
    for document in done.documents:
        read_document(desk, document.sha256)
    return Answer(
        {"code": done.code, "documents": done.documents, "warnings": done.warnings},
        tuple(f"Đã đính kèm {item.file_name} ({item.pages} trang, {item.sha256[:12]}…)" for item in done.documents),
        done.warnings,
    )


def run_step(desk: DeskContext, options: Namespace) -> Answer:
    """Each verb of the lifecycle has the same shape: CODE and what the step needs."""
    step = Step(options.command.replace("-", "_"))
    given = StepInput(
        reason=options.reason or "",
        unit=options.unit or "",
        new_due=options.new_due,
        at=options.at,
        by=options.by or "",
        method=options.method or "",
        to=options.to or "",
        authority=options.authority or "",
        tracking=options.tracking or "",
        components=tuple(ComponentIn(*paper) for paper in options.component) if options.component else None,
        incomplete=options.incomplete,
        fees=tuple(options.fee) if options.fee else None,
        reference=options.reference or "",
        official_receipt=options.official_receipt or "",
        again=options.again or options.reason or "",
        pay_before=options.pay_before,
    )
    done = take_step(desk, options.code, step, given)
    return Answer(
        {
            "code": done.code,
            "step": done.step,
            "status": done.status,
            "at": done.at,
            "due": done.due,
            "warnings": done.warnings,
        },
        (f"{done.code}\t{label(Status(done.status))}\thẹn trả {local_time(done.due)}",),
        done.warnings,
    )


def run_show(desk: DeskContext, options: Namespace) -> Answer:
    view = show(desk, options.code)
    return Answer(_show_document(view), _show_lines(view))


def run_list(desk: DeskContext, options: Namespace) -> Answer:
    scope = "overdue" if options.overdue else "due_soon" if options.due_soon else "all"
    wanted = QueueFilter(scope=scope, status=options.status or "", as_of=options.as_of)
    rows, following = list_dossiers(desk, wanted, limit=options.limit, after=options.after or "")
    lines = tuple(map(_line, rows)) + ((f"Còn nữa: --after {following}",) if following else ())
    return Answer({"dossiers": [_row_document(row) for row in rows], "next": following}, lines)


def run_search(desk: DeskContext, options: Namespace) -> Answer:
    rows = find(desk, options.text, limit=options.limit)
    known = {row.id for row in rows}
    hits = [hit for hit in find_in_documents(desk, options.text, options.limit) if hit.row.id not in known]
    hits = hits[: max(options.limit - len(rows), 0)]
    documents = [_row_document(row) for row in rows] + [_hit_document(hit) for hit in hits]
    lines = (*map(_line, rows), *(f"{_line(hit.row)}\ttrong «{hit.file_name}», trang {hit.page}" for hit in hits))
    return Answer({"dossiers": documents}, lines or ("Không tìm thấy hồ sơ nào.",))


def _hit_document(hit: TextHit) -> dict[str, object]:
    """A dossier found by the words of a document, and where they stand."""
    return {**_row_document(hit.row), "found_in": {"file": hit.file_name, "page": hit.page, "words": hit.words}}


def _line(row: QueueRow) -> str:
    return "\t".join(
        (row.code, label(Status(row.status)), row.applicant_name, row.procedure_name, f"hẹn trả {local_time(row.due)}")
    )


def _row_document(row: QueueRow) -> dict[str, object]:
    return {
        "code": row.code,
        "portal_code": row.portal_code,
        "status": row.status,
        "applicant": row.applicant_name,
        "procedure_name": row.procedure_name,
        "received_at": row.received_at,
        "due": row.due,
        "finished_at": row.finished_at,
        "unit": row.unit,
        "apologies": row.apology_count,
        "sync": row.portal_state,
    }


def _show_document(view: DossierView) -> dict[str, object]:
    return {
        **_row_document(view.row),
        "procedure": view.procedure.code,
        "procedure_version": view.procedure.version,
        "case": view.case_name,
        "applicant": view.applicant,
        "submitter": view.submitter,
        "channel": view.channel,
        "return_by": view.return_by,
        "money": view.money_state,
        "delivery": view.delivery_state,
        "first_due": view.first_due,
        "returned_at": view.returned_at,
        "note": view.note,
        "components": view.components,
        "fees": view.fees,
        "documents": view.documents,
        "events": view.events,
        "permitted_steps": view.permitted_steps,
    }


def _show_lines(view: DossierView) -> tuple[str, ...]:
    row = view.row
    lines = [
        f"{row.code}  {label(Status(row.status))}",
        f"Thủ tục: {row.procedure_name} ({view.procedure.code})",
        f"Chủ hồ sơ: {view.applicant.name}  {view.applicant.phone}",
        f"Tiếp nhận {local_time(row.received_at)}, hẹn trả {local_time(row.due)}",
    ]
    lines += [
        f"  {item.code}: bản chính {item.originals}, bản sao {item.copies}  {item.name}" for item in view.components
    ]
    lines += [f"  Tệp {item.component_code or item.result_code}: {item.file_name}" for item in view.documents]
    lines += [
        f"  {event.number}. {local_time(event.at)}  {step_label(Step(event.step))}"
        f"{' tại ' + event.unit if event.unit else ''}{': ' + event.reason if event.reason else ''}  ({event.actor})"
        for event in view.events
    ]
    return tuple(lines)
