"""Programs of our own end when they are told to, all of them, and do not hold up whoever started them."""

from __future__ import annotations

import pytest

from slimreel.services.processes import Program
from tests.services.hosts import lives, wait


@pytest.fixture
def stubborn():
    program = Program("tests.services.stubborn_program", request=b"x" * 1_000_000)
    yield program
    program.kill(0.0)


def test_one_that_does_not_listen_is_killed_with_what_it_started(stubborn):
    beside = int(stubborn.line(30.0))
    assert lives(stubborn.process) and lives(beside)
    stubborn.kill(0.2)
    assert not lives(stubborn.process)
    wait(lambda: not lives(beside), "the end of what it had started", 5)
    assert stubborn.wait(0) == -9
    assert "a complaint" in stubborn.complaints


def test_no_line_yet_and_no_line_any_more(stubborn):
    stubborn.line(30.0)
    with pytest.raises(TimeoutError):
        stubborn.line(0.01)
    stubborn.kill(0.0)
    assert stubborn.line(5.0) is None


def test_a_program_that_is_none():
    program = Program("tests.services.no_such_program", request=b"")
    assert program.line(30.0) is None
    assert program.wait(30.0) == 1
    program.kill()
    assert "no_such_program" in program.complaints
