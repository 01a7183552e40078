"""Holds the whole code against each house rule, and each rule against an example that breaks it."""

from __future__ import annotations

import pytest

from tests.shape import rules
from tests.shape.files import modules
from tests.shape.rules import Module, Rule

SOMEWHERE = "src/slimreel/core/plan.py"
LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 60

# rule, path, code that breaks it
BAD: list[tuple[Rule, str, str]] = [
    (rules.purpose_line, SOMEWHERE, "x = 1"),
    (rules.purpose_line, SOMEWHERE, '"""Without an end"""'),
    (rules.purpose_line, SOMEWHERE, '"""One. Two. Three. Four."""'),
    (rules.file_length, SOMEWHERE, "x = 1\n" * 401),
    (rules.file_length, "src/slimreel/engine/render.py", "x = 1\n" * 201),
    (rules.function_length, SOMEWHERE, LONG_FUNCTION),
    (rules.telling_name, "src/slimreel/core/utils.py", ""),
    (rules.telling_name, "src/slimreel/common/units.py", ""),
    (rules.processes_in_two_files, "src/slimreel/engine/quality.py", "import subprocess"),
    (rules.processes_in_two_files, "src/slimreel/engine/quality.py", "from subprocess import run"),
    (rules.processes_in_two_files, "src/slimreel/engine/child/probe.py", "import os\nos.execv('a', [])"),
    (rules.processes_in_two_files, "src/slimreel/engine/quality.py", "from os import posix_spawn"),
    (rules.processes_in_two_files, "src/slimreel/cli/main.py", "asyncio.create_subprocess_exec('a')"),
    (rules.av_in_child, "src/slimreel/engine/analyze.py", "def f():\n    import av.container"),
    (rules.av_in_child, "src/slimreel/engine/analyze.py", "from av import open"),
    (rules.encoders_in_codecs, SOMEWHERE, "x = 'libx264'"),
    (rules.encoders_in_codecs, SOMEWHERE, "x = f'{a}-c:v libvpx-vp9'"),
    (rules.encoders_in_codecs, SOMEWHERE, "x = ['hevc_nvenc']"),
    (rules.environment_in_settings, "src/slimreel/engine/sandbox.py", "env = dict(os.environ)"),
    (rules.environment_in_settings, SOMEWHERE, "from os import getenv"),
    (rules.environment_in_settings, "src/slimreel/client/sync.py", "import os\nos.environ"),
    (rules.quiet_below_cli, SOMEWHERE, "print('x')"),
    (rules.quiet_below_cli, SOMEWHERE, "sys.exit(1)"),
    (rules.quiet_below_cli, SOMEWHERE, "raise SystemExit"),
    (rules.quiet_below_cli, "src/slimreel/engine/ffmpeg.py", "sys.stderr.write('x')"),
    (rules.no_blind_except, SOMEWHERE, "try: pass\nexcept: pass"),
    (rules.no_blind_except, SOMEWHERE, "try: pass\nexcept Exception as e: raise ValueError from e"),
    (rules.no_blind_except, SOMEWHERE, "try: pass\nexcept (OSError, BaseException): pass"),
    (rules.reasons_are_told, "src/slimreel/engine/converge.py", "def f(job):\n    job.because(reason)"),
    (rules.reasons_are_told, "src/slimreel/engine/render.py", "def f(self):\n    self.job.replan(plan)"),
]

GOOD: list[tuple[Rule, str, str]] = [
    (rules.purpose_line, SOMEWHERE, '"""One, e.g. this. Two.\n\nA longer story. And. On. And on."""'),
    (rules.function_length, SOMEWHERE, LONG_FUNCTION.replace("    x = 1\n", '    """D\n\n    E."""\n', 1)),
    (rules.processes_in_two_files, "src/slimreel/engine/ffmpeg.py", "import subprocess"),
    (rules.av_in_child, "src/slimreel/engine/child/probe.py", "import av"),
    (rules.encoders_in_codecs, "src/slimreel/core/codecs.py", "x = 'libx264'"),
    (rules.encoders_in_codecs, SOMEWHERE, "'''libx264 is named here to explain.'''\nx = 'h264'"),
    (rules.environment_in_settings, "src/slimreel/settings/service.py", "os.environ"),
    (rules.environment_in_settings, "src/slimreel/client/environment.py", "os.environ"),
    (rules.quiet_below_cli, "src/slimreel/cli/main.py", "print('x')"),
    (rules.quiet_below_cli, "src/slimreel/engine/child/probe.py", "sys.exit(3)"),
    (rules.no_blind_except, "src/slimreel/cli/main.py", "try: pass\nexcept Exception: pass"),
    (rules.no_blind_except, SOMEWHERE, "try: pass\nexcept BaseException:\n    clean()\n    raise"),
    (rules.reasons_are_told, "src/slimreel/engine/converge.py", "def f(job):\n    yield job.because(reason)"),
    (rules.reasons_are_told, SOMEWHERE, "def f(plan):\n    return plan.because(reason)"),
]


def named(value: object) -> str | None:
    return getattr(value, "__name__", None) if callable(value) else None


@pytest.mark.parametrize("rule", rules.EVERYWHERE, ids=named)
def test_all_code_keeps_the_rule(rule: Rule):
    assert violations(rule, modules("src", "tests", "bench", "evals", "scripts")) == []


@pytest.mark.parametrize("rule", rules.IN_SRC, ids=named)
def test_the_package_keeps_the_rule(rule: Rule):
    assert violations(rule, modules("src")) == []


@pytest.mark.parametrize(("rule", "path", "code"), BAD, ids=named)
def test_a_rule_finds_what_breaks_it(rule: Rule, path: str, code: str):
    assert list(rule(Module.parse(path, code)))


@pytest.mark.parametrize(("rule", "path", "code"), GOOD, ids=named)
def test_a_rule_leaves_good_code_alone(rule: Rule, path: str, code: str):
    assert list(rule(Module.parse(path, code))) == []


def test_every_rule_has_a_bad_example():
    assert {rule for rule, _, _ in BAD} == {*rules.EVERYWHERE, *rules.IN_SRC}


def test_the_package_is_found():
    assert "src/slimreel/__init__.py" in [module.path for module in modules("src")]


def violations(rule: Rule, code: list[Module]) -> list[str]:
    return [f"{module.path}:{line}" for module in code for line in rule(module)]
