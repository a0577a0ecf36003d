"""Fixtures of the window for the journeys through it."""

from tests.ui.window_fixtures import *  # noqa: F403
