"""Keys that a clerk has unlocked: in memory alone, until they are locked again or the program ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counter_app.scanning.signing_keys import CertificateFacts
    from counter_app.settings import CertificateSettings


@dataclass(frozen=True, slots=True)
class UnlockedKey:
    """A key whose password or PIN was right. ``secret`` is shown nowhere, not in an error report either."""

    place: CertificateSettings
    secret: str = field(repr=False)
    facts: CertificateFacts


class KeyRing:
    """The unlocked keys by kind (person, office); for the window and the workers alike."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: dict[str, UnlockedKey] = {}

    def keep(self, kind: str, key: UnlockedKey) -> None:
        with self._lock:
            self._keys[kind] = key

    def forget(self, kind: str) -> None:
        with self._lock:
            self._keys.pop(kind, None)

    def find(self, kind: str, place: CertificateSettings) -> UnlockedKey | None:
        """The key, as long as the settings still name the place at which it was unlocked."""
        with self._lock:
            key = self._keys.get(kind)
        return key if key is not None and key.place == place else None
