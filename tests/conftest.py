"""What every test may use: the shared clips where they are present, and settings that suit slow machines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it comes without types

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is not a bug, so no single example has a deadline, and slowly made ones are no fault.
hypothesis.settings.register_profile(
    "slimreel", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("slimreel")

# Suites that start servers, databases and browsers and wait for them: one after the other, in one of the processes.
_SERVING = {"client", "mcp", "server", "services", "skills", "web"}


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two processes for a whole run, none for chosen files: there their start would take longer than it saves."""
    return 0 if config.args_source is pytest.Config.ArgsSource.ARGS else 2


class BySuite(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Hands out the tests of a file together, and all suites that serve as one."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return "serving" if _SERVING.intersection(path.split("/")) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySuite:
    return BySuite(config, log)


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
