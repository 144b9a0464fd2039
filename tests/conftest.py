"""Settings of all tests, and what several of them start from."""

import importlib
import warnings
from pathlib import Path

import pytest
from hypothesis import settings
from matching import reference_jieba

# How long an example takes says more about the machine than about the code.
settings.register_profile("matchmaker", deadline=None)
settings.load_profile("matchmaker")

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser():
    """Chromium; what needs it is skipped where it is absent."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def script(monkeypatch):
    """Import a training script by name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "training"))
    return importlib.import_module


@pytest.fixture
def views(script):
    """The script that cuts papers into views."""
    pytest.importorskip("jieba")
    with warnings.catch_warnings():  # old escapes and unclosed files of jieba's own
        warnings.simplefilter("ignore")
        reference_jieba().initialize()
        return script("views")
