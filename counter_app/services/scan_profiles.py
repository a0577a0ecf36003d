"""Named ways of scanning, kept with the desk's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from counter_app.errors import UserError
from counter_app.scan_settings import ScanWay
from counter_app.services.desk import DeskContext
from counter_app.settings import Settings, load_settings, save_settings


def save_way(desk: DeskContext, way: ScanWay) -> Settings:
    """Keep a way of scanning under its name, in the place of one of that name; returns the settings now in force.

    UserError ``name_missing``, ``settings_invalid``.
    """
    if not way.name:
        raise UserError("name_missing", "Hãy đặt tên cho kiểu quét, ví dụ «Giấy tờ hai mặt».")

    def change(ways: tuple[ScanWay, ...]) -> tuple[ScanWay, ...]:
        if any(one.name == way.name for one in ways):
            return tuple(way if one.name == way.name else one for one in ways)
        return (*ways, way)

    return _changed(desk, change)


def delete_way(desk: DeskContext, name: str) -> Settings:
    """Forget a way of scanning; returns the settings now in force."""
    return _changed(desk, lambda ways: tuple(one for one in ways if one.name != name))


def _changed(desk: DeskContext, change: Callable[[tuple[ScanWay, ...]], tuple[ScanWay, ...]]) -> Settings:
    """From what the file says now: another page may have saved it meanwhile."""
    settings = load_settings(desk.directory)
    changed = replace(settings, pages=replace(settings.pages, ways=change(settings.pages.ways)))
    save_settings(desk.directory, changed)
    return changed
