"""The ledger under fire: workers killed at any moment lose nothing and pay nothing twice, and the test would notice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def fire(folder, kills: int, how: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.services.ledger_kills", str(folder), str(kills), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280)
    found: dict[str, Any] = json.loads(done.stdout)
    print(found)
    return found


@pytest.mark.slow
def test_a_thousand_kills_violate_nothing(tmp_path):
    found = fire(tmp_path, 1000, "whole")
    assert (found["kills"], found["violations"], found["crashed"]) == (1000, [], 0)
    assert found["jobs"] > 300


def test_a_hundred_kills_violate_nothing(tmp_path):
    found = fire(tmp_path, 100, "whole")
    assert (found["kills"], found["violations"], found["crashed"]) == (100, [], 0)


def test_two_transactions_where_one_is_needed_are_found_out(tmp_path):
    found = fire(tmp_path, 600, "halves")
    assert found["violations"]
