"""The window, the practice portal, and both together as a demonstration."""

from __future__ import annotations

import gc
import os
from argparse import Namespace
from pathlib import Path

from counter_app.commands.output import Answer
from counter_app.errors import UserError

DEMO_OFFICE = ("H15.36", "UBND xã Ea Kao")
DEMO_USER = "canbo"
DEMO_PASSWORD = "thuchanh"
PORTAL_DATABASE = "practice-portal.db"


def run(directory: Path, options: Namespace) -> Answer:
    """No command: the window; ``demo``: window and practice portal; ``practice-portal``: the portal alone."""
    if options.command == "practice-portal":
        return _practice_portal(directory, options)
    if options.command == "demo":
        return _demo(directory if options.data else directory / "demo")
    # A start makes objects that stay; looking among them for garbage takes a tenth of its time.
    gc.disable()
    from counter_app.app import run_window

    return Answer({}, (), (), run_window(directory))


def _practice_portal(directory: Path, options: Namespace) -> Answer:
    from counter_app.sandbox import parse_fault_option
    from counter_app.sandbox import run as serve
    from counter_app.services.catalogue import starter_catalogue

    serve(
        options.host,
        options.port,
        Path(options.db) if options.db else directory / PORTAL_DATABASE,
        options.catalogue or starter_catalogue(),
        faults=dict(parse_fault_option(text) for text in options.fault),
        knows_idempotency=not options.no_idempotency,
        seed=options.seed,
        as_json=options.json,
    )
    return Answer({}, ())


def _demo(directory: Path) -> Answer:
    from counter_app.app import run_window
    from counter_app.sandbox import PracticePortal
    from counter_app.services.catalogue import starter_catalogue

    prepare_demo(directory)
    portal = PracticePortal(directory / PORTAL_DATABASE, catalogue=starter_catalogue()).start()
    os.environ["COUNTER_PORTAL_URL"] = portal.url
    os.environ["COUNTER_PORTAL_PASSWORD"] = DEMO_PASSWORD
    return Answer({}, (), (), run_window(directory, demo=portal))


def prepare_demo(directory: Path) -> None:
    """A desk of the demonstration office with the shipped catalogue; one that exists is used as it is."""
    from counter_app.services.catalogue import import_starter_catalogue, list_procedures
    from counter_app.services.desk import open_desk
    from counter_app.services.offices import default_place, init_desk
    from counter_app.services.values import OfficeData
    from counter_app.settings import PortalSettings, Settings

    code, name = DEMO_OFFICE
    try:
        office = OfficeData(code, name, place=default_place(name), phone="0262 3812 345")
        init_desk(directory, office, Settings(office=code, portal=PortalSettings(user=DEMO_USER)))
    except UserError as error:
        if error.kind != "already_initialised":
            raise
    desk = open_desk(directory)
    try:
        if not list_procedures(desk, limit=1):
            import_starter_catalogue(desk)
    finally:
        desk.close()
