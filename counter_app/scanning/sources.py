"""Which sources this desk has: those set by an administrator, those that the machine and the network show."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from counter_app.scanning import sane, wia
from counter_app.scanning.camera import CameraSource
from counter_app.scanning.folder import FolderSource
from counter_app.scanning.model import ScanSource, ScanTrouble, SourceInfo
from counter_app.scanning.sane import SaneSource
from counter_app.scanning.troubles import trouble
from counter_app.scanning.wia import WiaSource

if TYPE_CHECKING:
    from counter_app.scanning.escl import EsclSource

log = logging.getLogger(__name__)


class NetworkScannerSetting(Protocol):
    """A scanner that an administrator entered."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...


class SourceSettings(Protocol):
    """The ``scan`` section of the desk's settings."""

    @property
    def folder(self) -> str: ...
    @property
    def cameras(self) -> int: ...
    @property
    def discover(self) -> bool: ...
    @property
    def network(self) -> Sequence[NetworkScannerSetting]: ...


class _Source(ScanSource, Protocol):
    """A source that has a name before it is asked."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


_asked: dict[str, _Source] = {}
"""Sources that have said what they can do: asking a device again before each batch takes it seconds."""


def list_sources(settings: SourceSettings) -> tuple[SourceInfo, ...]:
    """All sources, asked side by side; takes seconds. One that does not answer is named all the same.

    A machine without drivers has what is in the settings and in the network.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        local = pool.submit(_local_devices)
        network = _network_scanners(settings)
        devices = [one for one in local.result() if not _is_double(one, network)]
        found = [*devices, *network, *_at_the_desk(settings)]
        infos = tuple(pool.map(_info, found))
    _asked.clear()
    _asked.update({one.id: one for one in [*devices, *network]})
    return infos


def open_source(source_id: str, settings: SourceSettings) -> ScanSource:
    """The source of an id from ``list_sources``, also of one that is not there now: scanning then tells.

    Raises ScanTrouble ``unsupported`` for an id of no kind that we know.
    """
    kind, _colon, rest = source_id.partition(":")
    if not rest:
        raise trouble("unknown_source")
    asked = _asked.get(source_id)
    if kind == "sane":
        return asked or SaneSource(rest, rest)
    if kind == "wia":
        return asked or WiaSource(rest, rest)
    if kind == "escl":
        return _network_scanner(rest, settings, asked)
    if kind == "folder":
        return FolderSource(Path(rest))
    if kind == "camera" and rest.isdecimal():
        return CameraSource(int(rest))
    raise trouble("unknown_source")


def _local_devices() -> Sequence[_Source]:
    """What the machine's drivers show; none where there are no drivers, or where they fail."""
    try:
        return wia.list_devices() if sys.platform == "win32" else sane.list_devices()
    except ScanTrouble as error:
        log.info("no local scanners: %s", error.message)
        return ()


def _network_scanners(settings: SourceSettings) -> list[EsclSource]:
    """Those in the settings, and those that announce themselves beside them."""
    from counter_app.scanning.escl import EsclSource

    found = {one.id: one for one in _entered(settings)}
    if settings.discover:
        from counter_app.scanning.mdns import announced_scanners

        for one in announced_scanners():
            source = EsclSource(one.address, one.name)
            found.setdefault(source.id, source)
    return list(found.values())


def _network_scanner(root: str, settings: SourceSettings, asked: _Source | None) -> ScanSource:
    """The one that was asked already, unless another certificate has been trusted since."""
    from counter_app.scanning.escl import EsclSource

    found = next((one for one in _entered(settings) if one.root == root), None) or EsclSource(root)
    return asked if isinstance(asked, EsclSource) and asked.fingerprint == found.fingerprint else found


def _entered(settings: SourceSettings) -> list[EsclSource]:
    from counter_app.scanning.escl import EsclSource

    return [EsclSource(one.address, one.name, one.fingerprint) for one in settings.network]


def _at_the_desk(settings: SourceSettings) -> list[_Source]:
    cameras: list[_Source] = [CameraSource(index) for index in range(settings.cameras)]
    return [FolderSource(Path(settings.folder)), *cameras] if settings.folder else cameras


def _is_double(device: _Source, network: Sequence[EsclSource]) -> bool:
    """SANE shows scanners of the network too; this program speaks with them itself, and hears more from them."""
    host = device.id.removeprefix("sane:escl:")
    if host != device.id:
        return any(urlsplit(host).netloc == urlsplit(one.root).netloc for one in network)
    is_escl = device.id.startswith("sane:airscan:e")
    return is_escl and any(one.name and one.name in device.id for one in network)


def _info(source: _Source) -> SourceInfo:
    try:
        return source.info
    except ScanTrouble as error:
        log.info("%s does not answer: %s", source.id, error.message)
        kind = source.id.partition(":")[0]
        return SourceInfo(source.id, source.name, kind, has_feeder=True, has_duplex=True, trouble=error)
