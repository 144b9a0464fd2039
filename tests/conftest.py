"""Settings of all tests, and what several of them start from."""

import importlib
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("matchmaker", deadline=None)
settings.load_profile("matchmaker")


@pytest.fixture
def script(monkeypatch):
    """Import a training script by name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "training"))
    return importlib.import_module
