"""The seam between the syncer and a portal: what may be asked, and how an answer or its lack is told.

A portal is one adapter of :class:`PortalClient`; profile 1 (portal-protocol.md) is the first. A call
either returns or raises one of three troubles, and each says what is certain:

* :class:`TransientTrouble` - nothing was refused; ``seen`` tells whether the portal may have done it;
* :class:`Refused` - the portal answered and refused the content, in its own words;
* :class:`SignInNeeded` - user name or password do not hold; nothing was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from counter_app.errors import KnownError, UserError

BATCH_DOSSIERS: Final = 50
"""Dossiers a call (portal-protocol.md section 3)."""
BATCH_STEPS: Final = 200
"""Steps a call (portal-protocol.md section 3)."""
BATCH_BYTES: Final = 1024 * 1024
"""Bytes of a whole call (portal-protocol.md section 3)."""
ENVELOPE_BYTES: Final = 4096
"""Room kept in a call for session, office and service around the items."""

DONE_CODES: Final = frozenset({"0", "00"})
BUSY_CODE: Final = "99"
EXISTS_CODE: Final = "04"
NOT_FOUND_CODE: Final = "05"
UNANSWERED: Final = ""
"""The code of an item on which the answer is silent: its outcome was not seen."""


class TransientTrouble(KnownError):  # noqa: N818 - a state of the line, told in the words of the design
    """The call did not get through for now; it is tried again later.

    ``seen`` is False only when it is certain that the portal did not act on the call (no connection, a
    clear "busy", no session); otherwise the portal may have done it and has to be asked before anything is
    sent again (portal-protocol.md section 5). ``retry_after`` is what the portal asked for, if anything.
    ``key_spent`` tells that the portal has answered under this call's idempotency key ("busy", or HTTP 422: known
    with another body), so that the next try needs a new one.
    """

    def __init__(
        self,
        kind: str,
        reason: str,
        *,
        seen: bool,
        retry_after: timedelta | None = None,
        key_spent: bool = False,
    ) -> None:
        super().__init__(kind, reason)
        self.reason = reason
        self.seen = seen
        self.retry_after = retry_after
        self.key_spent = key_spent


_PROTOCOL: Final = "Cổng trả lời không đúng quy ước kết nối. Chương trình sẽ tra lại; nếu lặp lại, báo quản trị cổng."


def protocol_trouble(*, seen: bool = True) -> TransientTrouble:
    """The answer was none of the portal's profile; ``seen``: it may have done what was asked."""
    return TransientTrouble("portal_protocol", _PROTOCOL, seen=seen)


def not_sent(trouble: TransientTrouble) -> TransientTrouble:
    """The same trouble of a call by which nothing can have been done."""
    return TransientTrouble(trouble.kind, trouble.reason, seen=False, retry_after=trouble.retry_after)


class Refused(UserError):  # noqa: N818 - the portal's answer, not a fault
    """The portal refused the whole call: ``code`` as in portal-protocol.md section 3, ``reason`` its words.

    ``dossier_code`` and ``field`` name the item and field where the portal does ("" where it does not).
    """

    def __init__(self, code: str, reason: str, *, dossier_code: str = "", field: str = "") -> None:
        super().__init__("portal_refused", reason, code=code, field=field)
        self.code = code
        self.reason = reason
        self.dossier_code = dossier_code
        self.field = field


class SignInNeeded(KnownError):  # noqa: N818 - a state shown by the light
    """The portal does not accept the user name and password; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__("sign_in_needed", reason)
        self.reason = reason


class DocumentDamaged(KnownError):  # noqa: N818 - a state of a stored file
    """A stored file is not what was recorded (gone, emptied, changed); it is never sent."""

    def __init__(self, reason: str, *, sha256: str) -> None:
        super().__init__("document_damaged", reason, sha256=sha256)
        self.reason = reason


@dataclass(frozen=True)
class ItemAnswer:
    """What the portal said of one item of a call; ``error_code`` is UNANSWERED where it said nothing."""

    dossier_code: str
    error_code: str
    message: str = ""
    field: str = ""

    @property
    def done(self) -> bool:
        """True when the portal took the item."""
        return self.error_code in DONE_CODES


@dataclass(frozen=True)
class Answered:
    """An answer item by item, in the order in which the items were sent."""

    items: tuple[ItemAnswer, ...]


@dataclass(frozen=True)
class PortalDossier:
    """A dossier as the portal holds it: its fields in the portal's vocabulary, and its steps."""

    code: str
    fields: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class FeedPage:
    """A page of the change feed: entries as JSON bytes, the next cursor, and whether more wait."""

    entries: tuple[bytes, ...]
    cursor: str
    more: bool


@dataclass(frozen=True)
class DocumentFile:
    """A stored document to be sent: where it lies, and what it must be (``size`` in bytes).

    ``dossier_code``: whose it is; the same file may be a paper of several dossiers.
    """

    path: Path
    file_name: str
    size: int
    sha256: str
    dossier_code: str = ""


@dataclass(frozen=True)
class UploadPlace:
    """How far an upload got: its address at the portal and the bytes that the portal holds.

    ``is_new``: it was announced just now, so there is nothing to ask about it.
    """

    url: str | None = None
    offset: int = 0
    is_new: bool = False


@dataclass(frozen=True)
class Exchange:
    """A call and its answer, for the page that explains the line; nothing in it tells of a person.

    ``call`` is the service or the method, ``status`` the HTTP status (None: no answer), ``trouble`` the kind
    of trouble ("" without one); the sizes are those of the bodies in bytes.
    """

    at: datetime
    call: str
    status: int | None
    milliseconds: int
    bytes_sent: int
    bytes_received: int
    trouble: str


class PortalClient(Protocol):
    """A portal as the syncer uses it. Documents may be uploaded in several threads beside one other call."""

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock minus ours, as last seen; None before the first answer."""

    @property
    def documents_first(self) -> bool:
        """True where only the create can name documents: it waits for those of its dossier on their way."""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls and answers, the oldest of them first."""

    def send_dossiers(self, payloads: Sequence[bytes], *, updating: bool, key: UUID) -> Answered:
        """Send dossiers (JSON objects, byte for byte); at most BATCH_DOSSIERS and BATCH_BYTES."""

    def send_steps(self, payloads: Sequence[bytes], *, key: UUID) -> Answered:
        """Send steps of the lifecycle; at most BATCH_STEPS and BATCH_BYTES."""

    def look_up(self, codes: Sequence[str]) -> dict[str, PortalDossier]:
        """Return what the portal knows of these dossiers (at most BATCH_DOSSIERS); unknown ones lack."""

    def changes(self, cursor: str, limit: int) -> FeedPage:
        """Return the entries of the feed after ``cursor`` ("" is the beginning)."""

    def procedures(self, page: str) -> tuple[tuple[Mapping[str, Any], ...], str]:
        """Return a page of the catalogue and the next page ("" at the end); pages begin at "1"."""

    def procedure(self, code: str) -> Mapping[str, Any] | None:
        """Return one whole procedure, None when the portal does not know it."""

    def begin_upload(self, document: DocumentFile) -> UploadPlace:
        """Announce a document where the portal wants that, so that its address is written down before it goes."""

    def upload(
        self,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[int], bool],
    ) -> str | None:
        """Upload a document from ``place`` on and return its address, None when ``go_on`` said stop.

        ``remember`` is told each new place, so that a restart goes on from there. ``go_on`` is asked before
        each block, with the bytes of the document that went before it; it may take its time, which is how
        documents give way to records.
        """

    def download(self, url: str, target: Path, sha256: str, go_on: Callable[[], bool] = ...) -> bool:
        """Fetch a file of the portal into ``target``, going on from what is there, verified by digest.

        False when ``go_on``, asked between two blocks, said stop; what has come stays.
        """

    def close(self) -> None:
        """Close the connections."""
