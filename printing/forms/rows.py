"""From a content to the rows of a form's lists and tables, and the texts of papers of many dossiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from printing.content import (
    ApologyListContent,
    ApologyRow,
    ComponentLine,
    ControlSlipContent,
    FeeClosingContent,
    FeeLine,
    HandoverListContent,
    HandoverStep,
    RegisterContent,
    ReturnSlipContent,
    SupplementRequestContent,
)
from printing.forms.fields import Values, moment
from printing.wording import day_short, digits, local, moment_long, moment_short, money

Rows = dict[str, list[Values]]

_TICKED, _OPEN = "■", "□"
_TIMINGS = ("early", "on_time", "late")


def supplement_rows(content: SupplementRequestContent) -> Rows:
    """What is asked for, numbered."""
    return {"requirements": _numbered({"text": item} for item in content.items)}


def control_rows(content: ControlSlipContent) -> Rows:
    """The hand-overs, with a box for each way the time may have been kept."""
    return {
        "handovers": [
            {
                "giver": step.giver,
                "receiver": step.receiver,
                "at": _given_and_received(step),
                "note": step.note,
                **{timing: _TICKED if step.timing == timing else _OPEN for timing in _TIMINGS},
            }
            for step in content.handovers
        ]
    }


BLANK_ROWS: dict[str, Values] = {"handovers": {"at": moment(None), **dict.fromkeys(_TIMINGS, _OPEN)}}
"""What a row that is left to be written by hand shows all the same."""


def _given_and_received(step: HandoverStep) -> str:
    """Once where both signed in the same minute; the time of the receipt is written by hand until it is known."""
    given, received = moment(step.at), moment(step.received_at)
    return given if given == received else f"Giao: {given}\nNhận: {received}"


def fee_rows(fees: tuple[FeeLine, ...]) -> Rows:
    """The fees of a payment note."""
    return {"fee_items": _numbered({"name": fee.name, "amount": digits(fee.amount)} for fee in fees)}


def return_rows(content: ReturnSlipContent) -> Rows:
    """Results handed over and papers given back."""
    return {
        "results": _numbered(
            {"name": each.name, "reference": each.number, "count": f"{each.count:02d}"} for each in content.results
        ),
        "originals": _numbered(
            {"name": each.name, "originals": _count(each.originals), "copies": _count(each.copies)}
            for each in content.originals
        ),
    }


def register_values(content: RegisterContent) -> Values:
    """Texts above the register."""
    return {"field_name": content.field_name, "year": str(content.year), "volume": content.volume}


def register_rows(content: RegisterContent) -> Rows:
    """The lines of the register; ``number`` is the register's own."""
    return {
        "register": [
            {
                "number": str(row.number),
                "dossier_code": row.dossier_code,
                "procedure_name": row.procedure_name,
                "sets_count": _count(row.sets_count or 0),
                "applicant_name": row.applicant_name,
                "address": row.address,
                "phone": row.phone,
                "lead_office": row.lead_office,
                "received_at": moment_short(row.received_at),
                "due": None if row.due is None else moment_short(row.due),
                "returned_at": None if row.returned_at is None else moment_short(row.returned_at),
                "return_method": row.return_method,
                "note": row.note,
            }
            for row in content.rows
        ]
    }


def handover_values(content: HandoverListContent) -> Values:
    """Texts around the list of a hand-over."""
    return {
        "giver_office": content.giver_office,
        "receiver_office": content.receiver_office,
        "giver_name": content.giver_name,
        "receiver_name": content.receiver_name,
        "handed_at": None if content.handed_at is None else moment_long(content.handed_at),
        "dossier_count": f"{len(content.rows):02d}",
    }


def handover_rows(content: HandoverListContent) -> Rows:
    """The dossiers handed over, the papers of each on lines of their own."""
    return {
        "handed": _numbered(
            {
                "dossier_code": row.dossier_code,
                "applicant_name": row.applicant_name,
                "procedure_name": row.procedure_name,
                "papers": "\n".join(f"{number}. {_paper(line)}" for number, line in enumerate(row.papers, 1)),
                "due": None if row.due is None else moment_short(row.due),
                "note": row.note,
            }
            for row in content.rows
        )
    }


def closing_values(content: FeeClosingContent) -> Values:
    """Texts of the closing of a day; without a count the difference stays open."""
    total = sum(row.amount for row in content.receipts)
    counted = sum(each.amount for each in content.counted) if content.counted else None
    return {
        "day": day_short(content.day),
        "total": money(total),
        "counted": None if counted is None else money(counted),
        "difference": None if counted is None else money(counted - total),
        "explanation": content.explanation,
        "preparer_name": content.preparer_name,
        "cashier_name": content.cashier_name,
        "head_name": content.head_name,
    }


def closing_rows(content: FeeClosingContent) -> Rows:
    """The payments of the day, and what each clerk took by each method against what was counted."""
    recorded: dict[tuple[str, str], list[int]] = {}
    for row in content.receipts:
        recorded.setdefault((row.clerk, row.method), []).append(row.amount)
    counted: dict[tuple[str, str], int] = {}
    for each in content.counted:
        counted[each.clerk, each.method] = counted.get((each.clerk, each.method), 0) + each.amount
    sums: list[Values] = []
    for key in dict.fromkeys([*recorded, *counted]):
        amounts, found = recorded.get(key, []), counted.get(key)
        sums.append(
            {
                "clerk": key[0],
                "method": key[1],
                "receipts": str(len(amounts)),
                "recorded": digits(sum(amounts)),
                "counted": None if found is None else digits(found),
                "difference": None if found is None else digits(found - sum(amounts)),
            }
        )
    return {
        "fee_sums": _numbered(sums),
        "fee_receipts": _numbered(
            {
                "at": f"{local(row.at):%H:%M}",
                "dossier_code": row.dossier_code,
                "payer_name": row.payer_name,
                "clerk": row.clerk,
                "method": row.method,
                "official_receipt": row.official_receipt,
                "amount": digits(row.amount),
            }
            for row in content.receipts
        ),
    }


def apology_list_values(content: ApologyListContent) -> Values:
    """Texts of the month's list: how many dossiers ran past their day, with and without a letter."""
    overdue, sent, missing = _letter_counts(content.rows)
    return {
        "month": f"{content.month:%m/%Y}",
        "overdue_count": overdue,
        "sent_count": sent,
        "missing_count": missing,
        "preparer_name": content.preparer_name,
        "head_name": content.head_name,
    }


def apology_list_rows(content: ApologyListContent) -> Rows:
    """The dossiers with their letters, and the counts by office."""
    offices: dict[str, list[ApologyRow]] = {}
    for row in content.rows:
        offices.setdefault(row.office_name, []).append(row)
    return {
        "apologies": _numbered(
            {
                "dossier_code": row.dossier_code,
                "applicant_name": row.applicant_name,
                "procedure_name": row.procedure_name,
                "office_name": row.office_name,
                "due": moment_short(row.due),
                "letter": _letter(row.letter_number, None if row.letter_day is None else day_short(row.letter_day)),
                "delivered_at": None if row.delivered_at is None else moment_short(row.delivered_at),
                "new_due": None if row.new_due is None else moment_short(row.new_due),
                "reason": row.reason,
            }
            for row in content.rows
        ),
        "apology_offices": _numbered(
            dict(zip(("office_name", "overdue", "sent", "missing"), (name, *_letter_counts(rows)), strict=True))
            for name, rows in offices.items()
        ),
    }


def _letter_counts(rows: Sequence[ApologyRow]) -> tuple[str, str, str]:
    """How many ran past their day, how many letters were sent, and how many ran past it that have none."""
    overdue = sum(row.overdue for row in rows)
    sent = sum(row.delivered_at is not None for row in rows)
    missing = sum(row.overdue and row.delivered_at is None for row in rows)
    return str(overdue), str(sent), str(missing)


def _letter(number: str | None, day: str | None) -> str:
    if not number and not day:
        return "Chưa có"
    return "\n".join(part for part in (number, day) if part)


def _numbered(rows: Iterable[Values]) -> list[Values]:
    return [{"number": str(number), **row} for number, row in enumerate(rows, 1)]


def _count(count: int) -> str | None:
    return f"{count:02d}" if count else None


def _paper(line: ComponentLine) -> str:
    counts = [(line.originals, "bản chính"), (line.copies, "bản sao")]
    told = ", ".join(f"{count:02d} {name}" for count, name in counts if count)
    return f"{line.name} ({told})" if told else line.name
