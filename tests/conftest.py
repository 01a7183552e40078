"""What every test may use: the shared clips where they are present, and settings that suit slow machines."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is not a bug, so no single example has a deadline, and slowly made ones are no fault.
hypothesis.settings.register_profile(
    "slimreel", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("slimreel")


def media_folder() -> Path | None:
    """The folder of shared clips: SLIMREEL_MEDIA, else ../shared/media beside the repository."""
    folder = Path(os.environ.get("SLIMREEL_MEDIA") or ROOT.parent / "shared" / "media")
    return folder if (folder / "MANIFEST.tsv").is_file() else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test that asks for the clips, before `-m` selects, and skips the marked without them."""
    skip = pytest.mark.skip(reason="needs the shared clips: set SLIMREEL_MEDIA to their folder")
    for item in items:
        if "media" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.media)
        if media_folder() is None and item.get_closest_marker("media"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of shared clips; a test that asks for it is skipped where there is none."""
    folder = media_folder()
    assert folder is not None
    return folder
