"""Brings one dossier of a rescue file to the portal: looked up first, then only what lacks, in its order."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid5

from counter_app.database import storage_error
from counter_app.services.rescue_hold import is_one_of_ours, portal_addresses
from counter_app.services.rescue_terms import PLACEHOLDER
from counter_app.sync.client import (
    BUSY_CODE,
    EXISTS_CODE,
    UNANSWERED,
    DocumentDamaged,
    DocumentFile,
    PortalClient,
    PortalDossier,
    Refused,
    TransientTrouble,
    UploadPlace,
)
from counter_app.sync.matching import holds
from counter_app.sync.messages import MessageKind, encode

_FOREIGN = "Cổng đã có một hồ sơ khác mang mã này nên không gửi; quầy cũ phải xử lý."
_NOT_THERE = "Cổng chưa có hồ sơ này mà tệp không mang bản ghi ban đầu của nó; quầy cũ sẽ tự gửi."
_NO_WORDS = "Cổng từ chối (mã {code}) và không nêu lý do."
_PIECE = 1024 * 1024


@dataclass
class Outcome:
    """What became of a message: ``done`` or ``left``; ``url`` and ``named`` are a document's."""

    outcome: str
    url: str | None = None
    named: bool = False
    words: str = ""


@dataclass
class RescuedDossier:
    """A dossier of the file; ``start`` is where the bytes of its first document lie."""

    code: str
    messages: list[dict[str, Any]]
    naming: str | None
    start: int
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def uploads(self) -> Iterator[tuple[dict[str, Any], int]]:
        """The documents with the place of their bytes."""
        place = self.start
        for message in self.messages:
            if message["kind"] == MessageKind.UPLOAD:
                yield message, place
                place += int(message["size"])

    def records(self) -> list[dict[str, Any]]:
        """The records and steps, in their order."""
        return [message for message in self.messages if message["kind"] != MessageKind.UPLOAD]

    @property
    def end(self) -> int:
        """Where the next dossier begins."""
        return self.start + sum(int(message["size"]) for message, _ in self.uploads())

    def leave(self, messages: list[dict[str, Any]], words: str) -> None:
        """The old desk sends these itself; ``words`` tell it why."""
        for message in messages:
            self.outcomes[message["key"]] = Outcome("left", words=words)


class Places(Protocol):
    """Keeps how far documents have come, across restarts."""

    def place(self, message: dict[str, Any]) -> UploadPlace:
        """Where a document's upload stands as far as is known."""

    def remember(self, dossier: RescuedDossier, message: dict[str, Any], reached: UploadPlace) -> None:
        """Keep a new place."""


class DossierSender:
    """Sends dossiers one at a time. ``check_time`` raises when the file may no longer be sent."""

    def __init__(self, client: PortalClient, places: Places, copy: Path, check_time: Callable[[], None]) -> None:
        self._client = client
        self._places = places
        self._copy = copy
        self._check_time = check_time
        self._answered: dict[str, int] = {}
        """Answers that a message's calls have had: the next call needs another idempotency key."""
        self._told_record = False
        """Whether an update of the dossier under way has just been sent."""

    def attempt(self, dossier: RescuedDossier, content: io.BufferedReader, alive: Callable[[], None]) -> None:
        """Bring the dossier to the portal; what became of each message is in ``dossier.outcomes``.

        Raises TransientTrouble and SignInNeeded: after them the dossier is attempted anew, from the look-up on.
        """
        dossier.outcomes.clear()
        try:
            found = self._client.look_up([dossier.code]).get(dossier.code)
        except Refused as refused:
            dossier.leave(dossier.messages, refused.reason)
            return
        # Only now is the portal's clock known.
        self._check_time()
        there = portal_addresses(found)
        refused_for = self._reason_to_leave(dossier, found)
        if refused_for:
            dossier.leave(dossier.messages, refused_for)
            return
        if self._send_records(dossier, found):
            self._send_documents(dossier, there, content, alive)

    def _reason_to_leave(self, dossier: RescuedDossier, found: PortalDossier | None) -> str:
        records = dossier.records()
        begins = bool(records) and records[0]["kind"] == MessageKind.CREATE
        if found is None:
            return "" if begins else _NOT_THERE
        told = [_payload(record) for record in records if record["kind"] != MessageKind.STEP]
        return _FOREIGN if begins and not is_one_of_ours(told, found) else ""

    def _send_records(self, dossier: RescuedDossier, found: PortalDossier | None) -> bool:
        """Send the records and steps that the portal lacks; False when it refused one and the rest stays."""
        self._told_record = False
        records = dossier.records()
        updates = [message for message in records if message["kind"] == MessageKind.UPDATE]
        for number, message in enumerate(records):
            kind = MessageKind(message["kind"])
            # A dossier that is there was created, and the last update says all that those before it do.
            needless = (
                found is not None and (kind is MessageKind.CREATE or holds(kind, _payload(message), found))
            ) or (kind is MessageKind.UPDATE and message is not updates[-1])
            if not needless:
                words = self._send(kind, message["key"], _payload(message))
                if words:
                    dossier.leave(records[number:] + [one for one, _ in dossier.uploads()], words)
                    return False
                self._told_record |= kind is MessageKind.UPDATE
            dossier.outcomes[message["key"]] = Outcome("done")
        return True

    def _send(self, kind: MessageKind, key: str, payload: bytes) -> str:
        """Send one message; returns the portal's words when it refused it, "" when it took it."""
        answered = self._answered.get(key, 0)
        # Made from the message alone: a portal that knows the header takes it once, whichever desk sends the file.
        call = uuid5(UUID(key), f"rescue {answered}")
        try:
            if kind is MessageKind.STEP:
                (item,) = self._client.send_steps([payload], key=call).items
            else:
                (item,) = self._client.send_dossiers([payload], updating=kind is MessageKind.UPDATE, key=call).items
        except TransientTrouble as trouble:
            self._answered[key] = answered + trouble.key_spent
            raise
        except Refused as refused:
            return refused.reason
        if item.done:
            return ""
        self._answered[key] = answered + 1
        if item.error_code == BUSY_CODE:
            raise TransientTrouble("portal_busy", item.message, seen=False)
        if item.error_code in (UNANSWERED, EXISTS_CODE):
            # The next look-up tells whose it is and what lacks.
            raise TransientTrouble("portal_unanswered", item.message, seen=True)
        return item.message or _NO_WORDS.format(code=item.error_code)

    def _send_documents(
        self,
        dossier: RescuedDossier,
        there: dict[str, str],
        content: io.BufferedReader,
        alive: Callable[[], None],
    ) -> None:
        arrived: dict[str, str] = {}
        for message, place in dossier.uploads():
            sha256 = message["sha256"]
            try:
                url = there.get(sha256) or arrived.get(sha256) or self._upload(dossier, message, content, place, alive)
            except (Refused, DocumentDamaged) as refusal:
                dossier.outcomes[message["key"]] = Outcome("left", words=refusal.reason)
                continue
            arrived[sha256] = url
            dossier.outcomes[message["key"]] = Outcome("done", url, named=True)
        # A record as it was before the documents had their addresses takes the names away again.
        still_named = not self._told_record and arrived.keys() <= there.keys()
        if dossier.naming is None or still_named or not arrived:
            return
        # The update that names documents has no message of its own; it takes the key of the first document.
        key = str(next(dossier.uploads())[0]["key"])
        words = self._send(MessageKind.UPDATE, key, _naming(dossier.naming, arrived))
        for message, _ in dossier.uploads():
            outcome = dossier.outcomes[message["key"]]
            if words and outcome.outcome == "done":
                outcome.named, outcome.words = False, words

    def _upload(
        self,
        dossier: RescuedDossier,
        message: dict[str, Any],
        content: io.BufferedReader,
        place: int,
        alive: Callable[[], None],
    ) -> str:
        """Bring one document to the portal by way of a copy of its own, which is gone afterwards."""
        size = int(message["size"])
        stopped: list[BaseException] = []

        def go_on(*_: object) -> bool:
            # Broken off between two blocks, never in the midst of what the client does.
            try:
                alive()
            except Exception as reason:
                stopped.append(reason)
            return not stopped

        try:
            _extract(content, place, size, self._copy)
            url = self._client.upload(
                DocumentFile(self._copy, message["name"], size, message["sha256"]),
                self._places.place(message),
                lambda reached: self._places.remember(dossier, message, reached),
                go_on,
            )
        finally:
            self._copy.unlink(missing_ok=True)
        if stopped:
            raise stopped[0]
        assert url is not None, "nobody told the upload to stop"
        self._places.remember(dossier, message, UploadPlace(url, size))
        return url


def _payload(message: dict[str, Any]) -> bytes:
    return str(message["payload"]).encode()


def _naming(payload: str, arrived: dict[str, str]) -> bytes:
    """The record with the addresses that the documents have got; one that did not arrive is not named."""
    record = json.loads(payload)
    for name, address in (("TaiLieuNop", "DuongDanTaiTepTin"), ("DanhSachGiayToKetQua", "DuongDanTepTinKetQua")):
        kept = []
        for entry in record.get(name, []):
            place = str(entry.get(address) or "")
            if not place.startswith(PLACEHOLDER):
                kept.append(entry)
            elif place.removeprefix(PLACEHOLDER) in arrived:
                kept.append({**entry, address: arrived[place.removeprefix(PLACEHOLDER)]})
        record[name] = kept
    return encode(record)


def _extract(content: io.BufferedReader, place: int, size: int, target: Path) -> None:
    try:
        content.seek(place)
        with target.open("wb") as copy:
            while size:
                piece = content.read(min(size, _PIECE))
                if not piece:
                    break
                copy.write(piece)
                size -= len(piece)
    except OSError as error:
        raise storage_error(error, target) from error
