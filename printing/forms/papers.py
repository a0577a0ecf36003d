"""Which form a content goes on, and what its copies show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from printing.codes import QrFields, qr_text
from printing.content import (
    APOLOGY_FILE_COPY,
    ApologyContent,
    ApologyListContent,
    ControlSlipContent,
    DossierPaper,
    FeeClosingContent,
    HandoverListContent,
    PaymentContent,
    PostLabelContent,
    ReceiptContent,
    RefusalContent,
    RegisterContent,
    ReturnSlipContent,
    StopNoticeContent,
    SupplementRequestContent,
    mark,
    nfc,
)
from printing.forms import fields, rows
from printing.forms.blocks import TextBlock
from printing.forms.fields import Values
from printing.forms.head import Head
from printing.forms.layout import Paper
from printing.forms.model import Form, FormSet
from printing.forms.rows import Rows

Content = (
    ReceiptContent
    | SupplementRequestContent
    | RefusalContent
    | ApologyContent
    | StopNoticeContent
    | ControlSlipContent
    | RegisterContent
    | HandoverListContent
    | PaymentContent
    | PostLabelContent
    | ReturnSlipContent
    | FeeClosingContent
    | ApologyListContent
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A paper ready to be laid out: one layout for all copies that differ only in their names.

    ``issued_at`` dates the file (none: not about one moment).
    """

    form: Form
    layouts: list[Paper]
    issued_at: datetime | None


def plan(content: Content, form_set: FormSet) -> Plan:
    """What to print of *content*; raises ``ValueError`` for a form that the set does not have."""
    content = nfc(content)
    match content:
        case RegisterContent() | HandoverListContent() | FeeClosingContent() | ApologyListContent():
            return _list(content, form_set)
        case PostLabelContent():
            return _label(content, form_set.post_label)
        case _:
            return _dossier(content, form_set)


def _dossier(content: DossierPaper, form_set: FormSet) -> Plan:
    form, values, lines = _of_dossier(content, form_set)
    replaces = content.replaces if isinstance(content, ReceiptContent) else None
    paper = Paper(
        head=Head(
            letterhead=content.letterhead,
            code=content.dossier_code,
            qr_text=_qr(content, form),
            lookup_url=content.lookup_url,
            copies=(),
            mark=mark(content.reprint, replaces),
            portal_code=content.portal_code,
        ),
        running=content.dossier_code,
        values=values,
        rows=lines,
        components=content.components if isinstance(content, ReceiptContent) else (),
        fees=content.fees if isinstance(content, ReceiptContent) else (),
        signer_title=content.signer_title if isinstance(content, ApologyContent | StopNoticeContent) else None,
    )
    return Plan(form, _layouts(form, paper, content.copies), content.issued_at)


def _of_dossier(content: DossierPaper, form_set: FormSet) -> tuple[Form, Values, Rows]:
    """Form, texts and rows of a paper of one dossier."""
    match content:
        case ReceiptContent():
            return form_set.receipt, fields.receipt_values(content), {}
        case SupplementRequestContent():
            return form_set.supplement_request, fields.supplement_values(content), rows.supplement_rows(content)
        case RefusalContent():
            return form_set.refusal, fields.refusal_values(content), {}
        case ApologyContent():
            return form_set.apology, fields.apology_values(content), {}
        case StopNoticeContent():
            if form_set.stop_notice is None:
                raise ValueError(f"the set {form_set.id} has no stop notice")
            return form_set.stop_notice, fields.stop_values(content), {}
        case ControlSlipContent():
            return form_set.control_slip, fields.control_values(content), rows.control_rows(content)
        case PaymentContent():
            form = form_set.payment_notice if content.paid_at is None else form_set.payment_note
            return form, fields.payment_values(content), rows.fee_rows(content.fees)
        case ReturnSlipContent():
            return form_set.return_slip, fields.return_values(content), rows.return_rows(content)
        case _:
            raise TypeError(f"no form for {type(content).__name__}")


def _list(
    content: RegisterContent | HandoverListContent | FeeClosingContent | ApologyListContent, form_set: FormSet
) -> Plan:
    code, qr, reprint, issued_at = "", "", False, None
    copies: tuple[str, ...] = ()
    match content:
        case RegisterContent():
            form, running = form_set.register_, f"Quyển số {content.volume}"
            values, lines = rows.register_values(content), rows.register_rows(content)
        case HandoverListContent():
            form, running = form_set.handover_list, content.list_code or ""
            values, lines = rows.handover_values(content), rows.handover_rows(content)
            code, reprint, issued_at, copies = running, content.reprint, content.issued_at, content.copies
            qr = code
        case FeeClosingContent():
            form = form_set.fee_closing
            values, lines = rows.closing_values(content), rows.closing_rows(content)
            running, reprint = f"Ngày {values['day']}", content.reprint
        case ApologyListContent():
            form = form_set.apology_list
            values, lines = rows.apology_list_values(content), rows.apology_list_rows(content)
            running = f"Tháng {values['month']}"
    head = Head(content.letterhead, code, qr, None, (), mark(reprint))
    paper = Paper(head=head, running=running, values=values, rows=lines)
    return Plan(form, _layouts(form, paper, copies), issued_at)


def _label(content: PostLabelContent, form: Form) -> Plan:
    head = Head(None, "", "", None, ("",), mark(content.reprint))
    paper = Paper(head=head, running=content.dossier_code, values=fields.label_values(content))
    return Plan(form, [paper], None)


def _layouts(form: Form, paper: Paper, copies: tuple[str, ...]) -> list[Paper]:
    """One layout for neighbouring copies alike; the file copy is another where the form has a block for it alone."""
    apart = any(isinstance(block, TextBlock) and block.file_copy_only for block in form.blocks)
    return [
        replace(paper, head=replace(paper.head, copies=tuple(names)), is_file_copy=is_file)
        for is_file, names in groupby(copies or ("",), key=lambda name: apart and name == APOLOGY_FILE_COPY)
    ]


def _qr(content: DossierPaper, form: Form) -> str:
    return qr_text(
        QrFields(
            dossier_code=content.dossier_code,
            procedure_code=content.procedure_code,
            identifier=content.identifier,
            paper_name=form.name,
            system_name=content.system_name,
            issued_at=content.issued_at,
            lookup_url=content.lookup_url,
            identifier_in_full=content.identifier_in_qr,
        )
    )
