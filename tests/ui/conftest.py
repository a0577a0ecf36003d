"""Fixtures of the window for the tests of its parts."""

from tests.ui.window_fixtures import *  # noqa: F403
