"""Scanners in the network that speak eSCL (AirScan, Mopria): nearly all that are sold today, without a driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from counter_app.scanning.escl_device import EsclDevice, Patience, root_address
from counter_app.scanning.escl_words import (
    Capabilities,
    parse_capabilities,
    scan_settings,
)
from counter_app.scanning.model import USUAL_RESOLUTIONS, ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.scanning.picture_files import pages_of_picture
from counter_app.scanning.picture_pdf import drawn_pages
from counter_app.scanning.troubles import trouble


class EsclSource:
    """One scanner. ``address``: a host, or ``http(s)://host:port/path``; ``fingerprint``: see ``escl_device``."""

    def __init__(self, address: str, name: str = "", fingerprint: str = "", patience: Patience | None = None) -> None:
        self.root = root_address(address)
        self.id = f"escl:{self.root}"
        self.name = name or urlsplit(self.root).netloc
        self._is_named = bool(name)
        self.fingerprint = fingerprint
        self._patience = patience or Patience()
        self._capabilities: Capabilities | None = None

    @property
    def info(self) -> SourceInfo:
        """The device is asked the first time. Raises ScanTrouble ``offline`` or ``untrusted``."""
        with self._device() as device:
            found = self._found(device)
        caps = [one for one in (found.glass, found.one_sided, found.two_sided) if one is not None]
        numbers = {dpi for one in caps for dpi in one.resolutions}
        for low, high in (one.range for one in caps if one.range is not None):
            numbers |= {dpi for dpi in USUAL_RESOLUTIONS if low <= dpi <= high}
        return SourceInfo(
            id=self.id,
            name=self.name if self._is_named else found.name or self.name,
            kind="escl",
            has_feeder=found.one_sided is not None or found.two_sided is not None,
            has_duplex=found.two_sided is not None,
            resolutions=tuple(sorted(numbers)),
        )

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        with self._device(stop) as device:
            settings, dpi = scan_settings(self._found(device), profile)
            job = device.begin(settings, feeder=profile.feeder)
            try:
                taken = 0
                for page in _pages(device, job, dpi):
                    take(page)
                    taken += 1
                    if not profile.feeder:
                        return
                    if stop():
                        raise trouble("stopped")
                if not taken:
                    raise trouble("no_paper" if profile.feeder else "offline")
            finally:
                device.end(job)

    def _device(self, stop: Callable[[], bool] = lambda: False) -> EsclDevice:
        return EsclDevice(self.root, self.fingerprint, self._patience, stop)

    def _found(self, device: EsclDevice) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = parse_capabilities(device.read("/ScannerCapabilities"))
        return self._capabilities


def _pages(device: EsclDevice, job: str, dpi: int) -> Iterator[ReadPage]:
    """The job's pages; the next one is asked of the device when this one has been taken."""
    while (document := device.next_document(job)) is not None:
        try:
            if document.body.startswith(b"%PDF-"):
                yield from drawn_pages(document.body, dpi)
            else:
                for page in pages_of_picture(document.body):
                    yield ReadPage(page.data, dpi, page.note)
        except ScanTrouble:
            device.look(job)  # a jam cuts the picture off: that is what the clerk must hear of
            raise
