"""One pass of the syncer: look up, records, steps, the feed, documents beside them (design.md section 6).

Every call follows the same three beats: a short unit of work marks what goes, the call is made outside any
transaction, a short unit of work writes what came of it. Whatever breaks between the beats leaves messages
"sending", which the next start takes for an outcome not seen and looks up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.models import SyncRun
from counter_app.sync import inbox, outbox
from counter_app.sync.backoff import LINE, MESSAGE
from counter_app.sync.client import (
    BATCH_BYTES,
    BATCH_DOSSIERS,
    BATCH_STEPS,
    ENVELOPE_BYTES,
    Answered,
    Exchange,
    ItemAnswer,
    PortalClient,
    Refused,
    SignInNeeded,
    TransientTrouble,
)
from counter_app.sync.documents import Delivered, DocumentLanes
from counter_app.sync.lock import SyncerLock, SyncLockLost
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import Outgoing
from counter_app.sync.surroundings import Light, PassResult, Surroundings, Watch
from counter_app.sync.verdicts import judge_look_up, judge_not_done

__all__ = ["Light", "PassResult", "Surroundings", "SyncEngine", "Watch"]

UNSEEN_PAUSE: Final = timedelta(seconds=1)
"""A call whose answer was cut off may still be at work at the portal: it gets this long before it is asked."""
TIMEOUT_PAUSE: Final = timedelta(seconds=15)
"""And this long where the portal was too slow to answer."""
SIGN_IN_PAUSE: Final = timedelta(minutes=10)
"""A wrong password is not tried again and again: portals lock accounts."""
FEED_EVERY: Final = timedelta(minutes=1)
"""How often the feed is read while documents are under way for hours."""
POLL_SECONDS: Final = 0.1
"""How soon a record that comes due goes past the documents under way."""

_RECORD_KINDS: Final = (
    (MessageKind.CREATE, BATCH_DOSSIERS),
    (MessageKind.UPDATE, BATCH_DOSSIERS),
    (MessageKind.STEP, BATCH_STEPS),
)


class SyncEngine:
    """Sends what waits and reads the feed, one pass at a time. Used by one thread."""

    def __init__(self, database: Database, client: PortalClient, around: Surroundings) -> None:
        self._database = database
        self._client = client
        self._around = around
        self._lock = SyncerLock(database, around.clock)
        self._line_failures = 0
        # How often the call that a message was part of failed; such messages go in smaller calls until the
        # one at fault stands alone. Lost on a restart, which costs a few calls and no certainty.
        self._message_failures: dict[int, int] = {}
        self._documents = DocumentLanes(self._work, client, around)

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock minus ours, as last seen."""
        return self._client.clock_skew

    @property
    def documents_first(self) -> bool:
        """Whether the portal has a create wait for its documents."""
        return self._client.documents_first

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls to the portal and its answers."""
        return self._client.exchanges

    def close(self) -> None:
        """Close the connections to the portal."""
        self._client.close()

    def hurry(self) -> None:
        """Make everything that waits due now: a person asked for it."""
        with self._database.write() as session:
            outbox.make_due(session, self._around.clock())

    def run_pass(self, watch: Watch | None = None) -> PassResult:
        """Work until nothing is due, the line fails, or ``watch.stop`` says so.

        Raises only what is no matter of line or portal: storage faults and bugs.
        """
        watch = watch or Watch()
        result = watch.result
        if not self._lock.acquire():
            result.busy_elsewhere = True
            return result
        started = self._around.clock()
        try:
            with self._work() as session:
                outbox.recover(session, started)
                outbox.make_due(session, started, beyond=MESSAGE.cap)
            self._guarded(watch)
        except SyncLockLost:
            result.busy_elsewhere = True
            return result
        finally:
            self._lock.release()
        self._write_run(started, result)
        return result

    def _guarded(self, watch: Watch) -> None:
        """Run the lanes, and put trouble of the line as a whole into the result."""
        result = watch.result
        try:
            self._run_lanes(watch)
        except TransientTrouble as trouble:
            result.light, result.error = Light.OFFLINE, trouble.reason
            self._line_failures += 1
            result.retry_at = self._around.clock() + self._line_wait(trouble)
            result.told_to_wait = trouble.retry_after is not None
        except SignInNeeded as needed:
            result.light, result.error = Light.SIGN_IN_NEEDED, needed.reason
            result.retry_at = self._around.clock() + SIGN_IN_PAUSE

    def _run_lanes(self, watch: Watch) -> None:
        """Records in this thread, documents beside it; the outcomes of broken-off documents are counted too."""
        try:
            with self._documents.running(watch):
                self._take_turns(watch)
        finally:
            self._count(self._documents.finished(0), watch)

    def _take_turns(self, watch: Watch) -> None:
        """Take turns: what is doubtful, records, steps, the feed, documents, and when all is done the chores."""
        feed_at = self._around.clock()
        feed_waits = True
        while not watch.stop():
            if self._around.lanes:
                # Beside the records, not behind them: on a thin line each call waits a while for its answer.
                self._documents.fill()
                self._count(self._documents.finished(0), watch)
            if self._look_up(watch) or self._send_next(watch):
                continue
            if feed_waits or abs(self._around.clock() - feed_at) >= FEED_EVERY:
                feed_at = self._around.clock()
                feed_waits = self._read_page(watch)
            elif self._documents.fill():
                self._count(self._documents.finished(POLL_SECONDS), watch)
            else:
                self._do_chores(watch)
                return

    def _count(self, delivered: Delivered, watch: Watch) -> None:
        """Count what the lanes have done; trouble of the line is passed on.

        That one document's connection broke says little of the line: the next one will tell.
        """
        watch.result.sent += delivered.done
        watch.result.failed += delivered.refused
        if delivered.done or delivered.refused:
            self._reached(watch.result)
        if delivered.trouble is not None and delivered.trouble.kind != "portal_cut":
            raise delivered.trouble

    def _do_chores(self, watch: Watch) -> None:
        for chore in self._around.chores:
            if watch.stop():
                return
            try:
                chore(self._client, watch.stop)
            except Refused as refused:
                watch.result.error = refused.reason

    def _reached(self, result: PassResult) -> None:
        self._line_failures = 0
        result.light = Light.ONLINE

    def _line_wait(self, trouble: TransientTrouble) -> timedelta:
        return LINE.wait(self._line_failures, self._around.random, trouble.retry_after)

    @contextmanager
    def _work(self) -> Iterator[Session]:
        """One unit of work of the syncer; raises SyncLockLost when another one took over."""
        with self._database.write() as session:
            self._lock.pulse(session)
            yield session

    def _look_up(self, watch: Watch) -> bool:
        """Settle a batch of outcomes that were not seen; False when there is none."""
        with self._database.read() as session:
            messages = outbox.to_look_up(session, self._around.clock(), BATCH_DOSSIERS)
        if not messages:
            return False
        watch.sending("Tra cứu trên cổng")
        refusal: Refused | None = None
        try:
            with self._documents.gate.closed():
                found = self._client.look_up([one.dossier_code for one in messages])
        except Refused as refused:
            refusal, found = refused, {}
        self._reached(watch.result)
        with self._work() as session:
            now = self._around.clock()
            for message in messages:
                if refusal is not None:
                    outbox.mark_needs_attention(session, message, reason=refusal.reason, code=refusal.code, unseen=True)
                    watch.result.failed += 1
                elif judge_look_up(session, message, found.get(message.dossier_code), now):
                    self._message_failures.pop(message.id, None)
                    watch.result.sent += 1
        return True

    def _send_next(self, watch: Watch) -> bool:
        """Send one call of records or steps; False when none is due."""
        messages: list[Outgoing] = []
        with self._database.read() as session:
            for kind, most in _RECORD_KINDS:
                messages = self._batch(self._due(session, kind, most), most)
                if messages:
                    break
        if not messages:
            return False
        with self._work() as session:
            outbox.mark_sending(session, messages)
        watch.sending(_told(messages))
        self._call(messages, watch)
        return True

    def _due(self, session: Session, kind: MessageKind, most: int) -> list[Outgoing]:
        return outbox.to_send(session, self._around.clock(), kind, most, documents_first=self.documents_first)

    def _batch(self, due: list[Outgoing], most: int) -> list[Outgoing]:
        """Choose what goes in one call: within the portal's limits, and with those that failed as often."""
        if not due:
            return []
        failures = self._message_failures.get(due[0].id, 0)
        most = max(1, most >> (2 * failures))
        room = BATCH_BYTES - ENVELOPE_BYTES
        chosen: list[Outgoing] = []
        for message in due:
            room -= len(message.payload) + 1
            alike = self._message_failures.get(message.id, 0) == failures
            # One message alone goes whatever its size: the client refuses what is too large by name.
            if chosen and (room < 0 or len(chosen) == most):
                break
            if alike:
                chosen.append(message)
        return chosen

    def _call(self, messages: list[Outgoing], watch: Watch) -> None:
        """Make the call and write what came of it; trouble of the line is passed on."""
        try:
            with self._documents.gate.closed():
                answer = self._post(messages)
        except Refused as refused:
            answer = self._refused(messages, refused)
        except TransientTrouble as trouble:
            self._put_off(messages, trouble)
            raise
        except SignInNeeded:
            with self._work() as session:
                for message in messages:
                    outbox.mark_waiting(session, message, self._around.clock(), code=message.error_code)
            raise
        self._reached(watch.result)
        answered = list(zip(messages, answer.items, strict=True))
        done = [message for message, item in answered if item.done]
        with self._work() as session:
            now = self._around.clock()
            outbox.mark_done(session, done, now)
            stuck = [
                message
                for message, item in answered
                if not item.done and judge_not_done(session, message, item, now, self._message_wait(message))
            ]
        for message in done + stuck:
            self._message_failures.pop(message.id, None)
        watch.result.sent += len(done)
        watch.result.failed += len(stuck)

    def _message_wait(self, message: Outgoing) -> timedelta:
        return MESSAGE.wait(message.attempts + 1, self._around.random)

    def _post(self, messages: list[Outgoing]) -> Answered:
        payloads = [one.payload for one in messages]
        key = outbox.call_key(messages)
        kind = messages[0].kind
        if kind is MessageKind.STEP:
            return self._client.send_steps(payloads, key=key)
        return self._client.send_dossiers(payloads, updating=kind is MessageKind.UPDATE, key=key)

    def _refused(self, messages: list[Outgoing], refused: Refused) -> Answered:
        """Read a refusal of the whole call item by item.

        Where the portal names the one at fault, the refusal is that one's; the others, about which it says
        nothing, are looked up. Where it names none, they go in smaller calls until the one at fault is alone.
        """
        named = [one for one in messages if one.dossier_code == refused.dossier_code]
        if len(messages) == 1:
            named = messages
        if not named:
            for one in messages:
                self._message_failures[one.id] = self._message_failures.get(one.id, 0) + 1
        item = ItemAnswer("", refused.code, refused.reason, refused.field)
        return Answered(tuple(item if one in named else ItemAnswer(one.dossier_code, "") for one in messages))

    def _put_off(self, messages: list[Outgoing], trouble: TransientTrouble) -> None:
        """Leave a call for later: after a look-up when the portal may have done it."""
        with self._work() as session:
            now = self._around.clock()
            for message in messages:
                due = now
                if trouble.seen:
                    failures = self._message_failures.get(message.id, 0) + 1
                    self._message_failures[message.id] = failures
                    due += _settling(message, trouble)
                    due += LINE.wait(failures, self._around.random) if failures > 1 else timedelta(0)
                outbox.mark_waiting(
                    session,
                    message,
                    due,
                    reason=trouble.reason,
                    code=message.error_code,
                    unseen=trouble.seen,
                    answered=trouble.key_spent,
                )

    def _read_page(self, watch: Watch) -> bool:
        """Read a page of the feed; True when more waits."""
        around = self._around
        with self._database.read() as session:
            cursor = inbox.cursor(session, around.portal)
        watch.sending("Nhận thay đổi từ cổng")
        try:
            page = self._client.changes(cursor, inbox.PAGE)
        except Refused as refused:
            self._reached(watch.result)
            watch.result.error = refused.reason
            return False
        self._reached(watch.result)
        with self._work() as session:
            watch.result.received += inbox.take_page(session, around.portal, page, around.feed, around.clock())
        # A portal that says "more" without moving on would be asked for ever.
        return page.more and page.cursor != cursor

    def _write_run(self, started: datetime, result: PassResult) -> None:
        """Keep the pass in the history, if there is anything to tell of it."""
        if not (result.sent or result.received or result.failed or result.error):
            return
        with self._database.write() as session:
            session.add(
                SyncRun(
                    started_at=started,
                    ended_at=self._around.clock(),
                    sent=result.sent,
                    received=result.received,
                    failed=result.failed,
                    error=result.error,
                )
            )


def _settling(message: Outgoing, trouble: TransientTrouble) -> timedelta:
    """How long a portal that may still be at work on a call is left alone before it is asked.

    A step gets longer: one that came to rest behind the look-up would be there twice, while a second create is
    refused (04) and a second update changes nothing.
    """
    pause = TIMEOUT_PAUSE if trouble.kind == "portal_timeout" else UNSEEN_PAUSE
    return max(pause * 4, outbox.STEP_SETTLE) if message.kind is MessageKind.STEP else pause


def _told(messages: list[Outgoing]) -> str:
    """Return, for the status line, what is under way."""
    what = "tiến độ" if messages[0].kind is MessageKind.STEP else "hồ sơ"
    more = f" và {len(messages) - 1} mục khác" if len(messages) > 1 else ""
    return f"Gửi {what} {messages[0].dossier_code}{more}"
