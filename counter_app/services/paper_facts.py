"""What a paper says besides its dates and its number: frozen in the event that issues it.

A reprint gives what was given then, whatever was corrected or renamed since (forms.md). How much of the personal
number the QR shows stays a setting of today: data protection is not frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from counter_app.models import Dossier, DossierEvent, Office
from counter_app.rules.fees import levels, undecided
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import NOT_APPLIED, transfer_text
from counter_app.services.settling import settling_office

FROZEN = "paper"
"""The key in the details of an event."""

SIGNER = "signer"
"""The key in the details of an event that issues a letter: who signed it (``signer_of``)."""

OPEN_LEVEL = " (từ mức này, theo trường hợp)"
"""Behind the name of a fee whose level is not decided."""

LETTERS = ("apology", "stop_notice")
"""Forms that the office which settles signs, not the desk (forms.md)."""

_CAME_LATER = ("office_address", "payment_qr", "account_holder", "letter_office")
"""Facts that papers of an older version did not have: they stay without them."""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """``components``: name, originals, copies of what was handed in; ``fees``: name, amount in đồng, paid or not,
    without those given back.

    ``settling_office``: another office that settles the dossier; "" where this one does. ``letter_office``: the
    office in whose name letters go, "" for this one. Of another no more than the name is known: of a letter
    ``head_name`` and ``head_title`` are then those of the signer who was named.
    ``payment_qr``: the VietQR of all that is owed, "" where nothing is, no account is set, or a level is open;
    ``account_holder``: whose account that is.
    """

    governing_body: str
    office_name: str
    desk_name: str
    letter_suffix: str
    place: str
    desk_phone: str
    head_name: str
    head_title: str
    lookup_url: str
    applicant_name: str
    identifier: str
    address: str
    phone: str
    email: str
    submitter_name: str
    return_by: str
    sets: int
    components: tuple[tuple[str, int, int], ...]
    fees: tuple[tuple[str, int, bool], ...]
    settling_office: str
    office_address: str
    payment_qr: str
    account_holder: str
    letter_office: str


def facts_now(desk: DeskContext, dossier: Dossier, office: Office) -> PaperFacts:
    """What a paper issued now would say."""
    applicant = dossier.applicant
    settles = settling_office(dossier, office)
    qr = "" if undecided(dossier.fees) else transfer_text(desk, dossier.code, _owed(dossier))
    return PaperFacts(
        governing_body=office.governing_body,
        office_name=office.name,
        desk_name=office.desk_name,
        letter_suffix=office.letter_suffix,
        place=office.place,
        desk_phone=office.phone,
        head_name=office.head_name,
        head_title=office.head_title,
        lookup_url=lookup_url(desk, office, dossier.code),
        applicant_name=applicant.name,
        identifier=applicant.personal_number or applicant.tax_code,
        address=applicant.address,
        phone=applicant.phone,
        email=applicant.email,
        submitter_name=dossier.submitter.name if dossier.submitter else "",
        return_by=dossier.return_by,
        sets=dossier.sets,
        components=tuple(
            (item.name, item.originals, item.copies) for item in dossier.components if item.originals or item.copies
        ),
        fees=_fees(dossier),
        settling_office=settles,
        office_address=office.address,
        payment_qr=qr,
        account_holder=desk.settings.payment.holder if qr else "",
        letter_office=settles,
    )


def _owed(dossier: Dossier) -> int:
    return sum(fee.amount for fee in dossier.fees if fee.paid_at is None)


def _fees(dossier: Dossier) -> tuple[tuple[str, int, bool], ...]:
    """What is owed or paid: not what was given back, nor levels that do not apply; of an open one the lowest."""
    open_levels = undecided(dossier.fees)
    lowest = {min(group, key=lambda fee: fee.amount).code for group in levels(dossier.fees)}
    return tuple(
        (
            f"{fee.name}{OPEN_LEVEL}" if fee.code in open_levels else fee.name,
            fee.amount,
            bool(fee.paid_at),
        )
        for fee in dossier.fees
        if fee.refunded_at is None
        and fee.exemption != NOT_APPLIED
        and (fee.code not in open_levels or fee.code in lowest)
    )


def frozen(facts: PaperFacts) -> dict[str, Any]:
    """The entry for the details of the event that issues the paper."""
    return {FROZEN: {name: getattr(facts, name) for name in PaperFacts.__dataclass_fields__}}


def signed_by(facts: PaperFacts, signer: str, title: str) -> PaperFacts:
    """The facts of a letter with a deputy in the head's place (``KT. …``); without a name the head signs.

    The head of another office is not known: who signs for it is left open unless named.
    """
    if facts.letter_office:
        return replace(facts, head_name=signer, head_title=title)
    return replace(facts, head_name=signer, head_title=title or facts.head_title) if signer else facts


def signer_of(facts: PaperFacts) -> str:
    """Who signs a letter: the deputy named, else the head; by the title where the office has not entered the name."""
    return facts.head_name or facts.head_title or f"Thủ trưởng {facts.letter_office or facts.office_name}"


def facts_of(desk: DeskContext, event: DossierEvent, dossier: Dossier, office: Office) -> PaperFacts:
    """What the paper of ``event`` says; what an event of an older version did not freeze stands as it is today."""
    kept: Mapping[str, Any] = (event.details or {}).get(FROZEN, {})
    known = {name: _lines(kept[name]) for name in PaperFacts.__dataclass_fields__ if name in kept}
    without = dict.fromkeys(_CAME_LATER, "") if kept else {}
    return replace(facts_now(desk, dossier, office), **without | known)


def lookup_url(desk: DeskContext, office: Office, code: str) -> str:
    """Where the applicant can look the dossier up; "" when neither office nor portal names a page."""
    base = office.lookup_url or (f"{desk.settings.portal.url.rstrip('/')}/tra-cuu" if desk.settings.portal.url else "")
    if not base:
        return ""
    return f"{base}{'&' if '?' in base else '?'}ma={code}"


def _lines(value: Any) -> Any:
    """JSON has lists where the facts have tuples."""
    return tuple(tuple(line) for line in value) if isinstance(value, list) else value
