"""Fixtures of the window for the tests of its parts."""

from tests.ui.scan_fixtures import scan_page, scanner  # noqa: F401
from tests.ui.window_fixtures import *  # noqa: F403
