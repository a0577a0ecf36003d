"""What the syncer is given at the composition root, and how it is steered and watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from counter_app.sync import inbox
from counter_app.sync.backoff import Random
from counter_app.sync.client import PortalClient
from counter_app.sync.transfers import Transfer

Chore = Callable[[PortalClient, Callable[[], bool]], None]
"""Work on the portal for a quiet line, such as the daily reconciliation; ends soon when asked to stop.

It raises TransientTrouble and SignInNeeded as the client does, and does nothing when there is nothing to do.
"""


class Light(StrEnum):
    """What the clerk sees of the line."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    SIGN_IN_NEEDED = "sign_in_needed"


@dataclass
class PassResult:
    """What a pass did. ``retry_at``: not before this, since the line or the portal as a whole failed.

    ``told_to_wait``: it was the portal that asked for the pause.
    """

    sent: int = 0
    received: int = 0
    failed: int = 0
    light: Light = Light.UNKNOWN
    error: str = ""
    retry_at: datetime | None = None
    told_to_wait: bool = False
    busy_elsewhere: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What the engine is given.

    ``portal`` names the portal in the inbox (address and office); ``document_path`` gives a stored file by
    its SHA-256; ``queue_naming`` queues, in the given unit of work, the updates that name what the uploads of
    these dossiers have brought; ``feed`` applies an entry of the change feed; ``chores`` follow when nothing
    waits. ``lanes``: documents that may be under way side by side; 0 sends them in the engine's own thread.
    """

    portal: str
    document_path: Callable[[str], Path]
    queue_naming: Callable[[Session, Sequence[int], datetime], None]
    feed: inbox.FeedHandler
    clock: Callable[[], datetime]
    random: Random
    chores: Sequence[Chore] = ()
    lanes: int = 3


@dataclass
class Watch:
    """How a pass is steered and watched.

    ``stop`` is asked between calls and between the blocks of a document; ``sending`` is told what is under way,
    ``transfer`` how far a document has come (from the threads that send documents).
    """

    stop: Callable[[], bool] = lambda: False
    sending: Callable[[str], None] = lambda _: None
    transfer: Callable[[Transfer], None] = lambda _: None
    result: PassResult = field(default_factory=PassResult)
