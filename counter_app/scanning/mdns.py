"""Scanners that announce themselves in the office's network (DNS-SD, ``_uscan._tcp``)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from zeroconf import ServiceInfo

LOOK_SECONDS: Final = 2.5
"""Devices answer within a second; one that sleeps is woken by the question and may take two."""
_SERVICES: Final = {"_uscan._tcp.local.": "http", "_uscans._tcp.local.": "https"}


@dataclass(frozen=True, slots=True)
class Announced:
    """A device that said that it is there."""

    address: str
    """``http(s)://…/eSCL``."""
    name: str


def announced_scanners(seconds: float = LOOK_SECONDS, interfaces: Any = None) -> tuple[Announced, ...]:
    """Ask the network and listen for so long; a machine without a network finds nothing.

    A device that offers both is taken over HTTP: its certificate would have to be trusted by hand first.
    """
    from zeroconf import DNSQuestionType, InterfaceChoice, ServiceBrowser, ServiceStateChange, Zeroconf

    names: set[tuple[str, str]] = set()

    def heard(*, service_type: str, name: str, state_change: ServiceStateChange, **_more: object) -> None:
        if state_change is ServiceStateChange.Removed:
            names.discard((service_type, name))
        else:
            names.add((service_type, name))

    try:
        network = Zeroconf(interfaces=InterfaceChoice.Default if interfaces is None else interfaces)
    except OSError:
        return ()
    with network:
        # Asked so that answers go to all: one to us alone may reach another program on this machine that listens.
        browser = ServiceBrowser(network, list(_SERVICES), handlers=[heard], question_type=DNSQuestionType.QM)
        time.sleep(seconds)
        browser.cancel()
        infos = [(kind, network.get_service_info(kind, name, timeout=1000)) for kind, name in names]
    found: dict[str, Announced] = {}
    for kind, info in sorted(infos, key=lambda one: one[0], reverse=True):  # HTTP is put over HTTPS
        if info is not None and (address := _address(info, _SERVICES[kind])):
            found[_text(info, "UUID") or address] = Announced(address, _text(info, "ty") or info.name.split(".")[0])
    return tuple(sorted(found.values(), key=lambda one: one.name))


def _address(info: ServiceInfo, scheme: str) -> str:
    """By number, not by name: few desks resolve ``.local``. "" for a device without one."""
    addresses = info.parsed_addresses()
    if not addresses:
        return ""
    host = next((one for one in addresses if ":" not in one), f"[{addresses[0]}]")
    path = _text(info, "rs").strip("/") or "eSCL"
    return f"{scheme}://{host}:{info.port}/{path}"


def _text(info: ServiceInfo, key: str) -> str:
    """A value of the announcement; keys are written in any case."""
    for name, value in info.properties.items():
        if name.decode("ascii", "replace").lower() == key.lower() and value is not None:
            return value.decode("utf-8", "replace")
    return ""
