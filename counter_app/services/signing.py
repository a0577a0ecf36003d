"""Certificates of the desk: chosen in the settings, tried, unlocked for as long as the program runs, locked again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from counter_app.models import ScanJob
from counter_app.services.desk import DeskContext
from counter_app.services.scan_jobs import DONE, GIVEN_UP, TROUBLE, retry
from counter_app.services.signatures import OFFICE, PERSON, SPOOL, ScanToSign, forget_signed, waiting_scans
from counter_app.services.signing_keys import UnlockedKey
from counter_app.settings import CertificateSettings

if TYPE_CHECKING:
    from counter_app.scanning.signing import CertificateFacts, TokenCertificate

KINDS = (PERSON, OFFICE)


@dataclass(frozen=True, slots=True)
class KeyState:
    """How it stands with a certificate. ``facts``: None while it is locked."""

    kind: str
    is_chosen: bool
    facts: CertificateFacts | None


def key_states(desk: DeskContext) -> tuple[KeyState, ...]:
    """The person's certificate and the office's; quick, without a look at files or tokens."""
    states = []
    for kind in KINDS:
        place: CertificateSettings = getattr(desk.settings.signing, kind)
        key = desk.keys.find(kind, place)
        states.append(KeyState(kind, place.is_chosen, key.facts if key else None))
    return tuple(states)


def unlock(desk: DeskContext, kind: str, secret: str) -> CertificateFacts:
    """Unlock a certificate of the settings; scans that waited for it go on. It is tried once.

    Raises UserError ``password_wrong``, ``pin_wrong``, ``pin_locked``, ``token_missing``, ``certificate_expired``,
    ``certificate_kind``, ``key_file_…``; KnownError ``token_…``, ``signing_broken``.
    """
    place: CertificateSettings = getattr(desk.settings.signing, kind)
    facts = try_key(desk, kind, place, secret)
    desk.keys.keep(kind, UnlockedKey(place, secret, facts))
    resume_waiting(desk)
    return facts


def try_key(desk: DeskContext, kind: str, place: CertificateSettings, secret: str) -> CertificateFacts:
    """Whose certificate it is, saved in the settings or not; raises as ``unlock``."""
    from counter_app.scanning import signing

    return signing.unlock(signing.KeyPlace(**asdict(place)), secret, desk.clock(), kind)


def lock(desk: DeskContext, kind: str) -> None:
    """Forget the password or PIN."""
    desk.keys.forget(kind)


def token_certificates(module: str) -> tuple[TokenCertificate, ...]:
    """What can be chosen on the tokens that are plugged in; no PIN is needed. Raises KnownError ``token_…``."""
    from counter_app.scanning import signing

    return signing.token_certificates(Path(module))


def resume_waiting(desk: DeskContext) -> int:
    """Scans that waited for a signature are tried again; how many."""
    with desk.database.read() as session:
        waiting = select(ScanJob.id).where(ScanJob.state == TROUBLE, ScanJob.id.in_(waiting_scans(session)))
        jobs = session.scalars(waiting).all()
    for number in jobs:
        retry(desk, number)
    return len(jobs)


def clear_spool(desk: DeskContext) -> None:
    """Signed files go whose scans were given up, or were attached just before the program was killed."""
    if not any((desk.directory / SPOOL).glob("*.pdf")):
        return
    with desk.database.read() as session:
        jobs = session.scalars(select(ScanJob.id).where(ScanJob.state.in_((DONE, GIVEN_UP)))).all()
    for job in jobs:
        forget_signed(desk, ScanToSign(job, "", is_result=False).key)
