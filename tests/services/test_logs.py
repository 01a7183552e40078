"""The log: lines of JSON with fields, and nothing of what people said or hold."""

from __future__ import annotations

import json
import logging
import sys

from slimreel.services.logs import JsonLines

SECRET = "nmv_usr_secret and what somebody said"


def written(**more):
    record = logging.makeLogRecord(
        {"name": "slimreel.x", "levelname": "ERROR", "msg": "turn %s", "args": ("failed",)} | more
    )
    return JsonLines().format(record)


def test_a_record_is_one_line_with_its_fields():
    line = written(incident="inc_1")
    found = json.loads(line)
    assert "\n" not in line
    assert (found["level"], found["logger"], found["message"]) == ("error", "slimreel.x", "turn failed")
    assert found["incident"] == "inc_1"


def test_of_an_error_its_kind_and_places_are_kept_and_not_its_words():
    try:
        raise ValueError(SECRET)
    except ValueError:
        line = written(exc_info=sys.exc_info())
    found = json.loads(line)
    assert found["error"] == "ValueError" and "test_logs.py" in found["where"][-1]
    assert "secret" not in line and "somebody" not in line
