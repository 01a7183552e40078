"""Every operation on a real clip: its effect is in the file, and where it did nothing its check would say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from slimreel.core.goal import Goal
from slimreel.edit import wire
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand, Log
from slimreel.edit.operation import Edited, Operation
from slimreel.edit.registry import operations
from slimreel.graph.material import Material
from slimreel.workbench.clock import Clock
from slimreel.workbench.deliver import deliver
from slimreel.workbench.finish import finish
from tests.contract.cases import CASES, Case
from tests.contract.clips import beside, clip, gathered
from tests.contract.looks import Rendered
from tests.engine.conftest import Make

Render = Callable[[str], tuple[Rendered, Rendered]]
_QUICK = Goal(crf=12, encode_speed="fast")  # where nothing else is wanted


@pytest.fixture(scope="module")
def render(make: Make, media: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """What comes before and after an operation; a draft that was rendered already is not rendered again."""
    folder = tmp_path_factory.mktemp("contract")
    files = beside(make, media, folder)
    known: dict[str, tuple[Mapping[str, Material], Facts]] = {}
    done: dict[str, Rendered] = {}

    def file_of(draft: Draft, worn: str) -> Rendered:
        draft = replace(draft, goal=draft.goal or _QUICK)
        key = worn + wire.dump_text(replace(draft, log=Log()))
        if key not in done:
            out = folder / f"{len(done)}" / "out.mp4"
            out.parent.mkdir()
            made = finish(
                deliver(draft, known[worn][0], out, Clock(), overwrite=False, salvage=False), lambda event: None
            )
            done[key] = Rendered(tuple((one.path, one.kind) for one in made))
        return done[key]

    def call(op: str) -> tuple[Rendered, Rendered]:
        case = CASES[op]
        if case.worn not in known:
            known[case.worn] = gathered([clip(make, media, case.worn), *files])
        before, after = drafts(op, case, known[case.worn][1])
        return file_of(before, case.worn), file_of(after, case.worn)

    return call


def drafts(op: str, case: Case, facts: Facts) -> tuple[Draft, Draft]:
    draft = begin(facts, case.clips)
    for turn in case.turns:
        draft = apply_all(draft, [EditCommand(op=name, params=params) for name, params in turn], facts)[0]
    then = [EditCommand(op=name, params=params) for name, params in case.then]
    wanted = EditCommand(op=op, params=case.params)
    return apply_all(draft, then, facts)[0], apply_all(draft, [wanted, *then], facts)[0]


def nothing(self: Operation, draft: Draft, facts: Facts) -> Edited:
    return draft, (self.change(),)


def test_every_operation_has_a_case():
    assert set(CASES) == set(operations())


@pytest.mark.parametrize("op", operations())
def test_its_effect_is_in_the_file(render: Render, op: str):
    before, after = render(op)
    CASES[op].check(before, after)


@pytest.mark.parametrize("op", operations())
def test_doing_nothing_is_noticed(render: Render, op: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(operations()[op], "apply", nothing)
    before, after = render(op)
    with pytest.raises(AssertionError):
        CASES[op].check(before, after)
