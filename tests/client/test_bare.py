"""The client where nothing but httpx and pydantic is installed: an import of anything else fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.client import hosted_stub
from tests.client.conftest import video
from tests.shape.files import ROOT

# httpx with all that it needs itself; pydantic is allowed beside it, and not needed.
ALLOWED = "httpx httpcore h11 anyio certifi idna sniffio typing_extensions pydantic pydantic_core annotated_types"
PROGRAM = f"""
import json, sys, time
ALLOWED = set("{ALLOWED} encodings".split()) | set(sys.stdlib_module_names)
OURS = ("slimreel.client", "slimreel.errors", "slimreel.core")

class Bare:
    def find_spec(self, name, path=None, target=None):
        is_ours = name == "slimreel" or any(name == one or name.startswith(one + ".") for one in OURS)
        if not is_ours and name.split(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(f"{{name}} is not installed here", name=name)

sys.meta_path.insert(0, Bare())
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
from pathlib import Path
from slimreel.client import AsyncClient, Client, route, summary
from slimreel.client.exchange import Pace

with Client(sys.argv[2], pace=Pace(lambda seconds: None)) as client:
    client.upload(Path(sys.argv[3]))
    turn = client.say("cut the first second")
    client.export(Path(sys.argv[4]))
loaded = sorted({{name for name in set(sys.modules) - before if name.split(".")[0] == "slimreel"}})
print(json.dumps({{"changed": turn.changed, "loaded": loaded, "route": route("export")}}))
"""


def test_it_works_with_httpx_alone(tmp_path: Path, home: Path):
    out = tmp_path / "out.mp4"
    with hosted_stub.serving() as (_, address):
        command = [sys.executable, "-c", PROGRAM, str(ROOT / "src"), address, str(video(tmp_path)), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["changed"]
    assert out.read_bytes() == hosted_stub.CONTENT
    parts = {name.split(".")[1] for name in found["loaded"] if "." in name}
    assert parts == {"client", "errors"}


def test_importing_it_loads_nothing_before_it_is_used():
    program = "import sys, slimreel.client; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
