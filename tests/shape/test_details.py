"""What the service tells of an error has Chinese words: its sentence, and every detail that is written in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from slimreel.agent.details import translated
from slimreel.data.tables import error_table, label_table
from slimreel.errors import SlimreelError
from slimreel.errors.service import ServiceError
from slimreel.server.app import FAULTS
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "slimreel"
CHINESE = re.compile("[\u4e00-\u9fff\uff00-\uffef]")
# What only an operator reads, when the service starts, or what a log says.
_OPERATORS = ("server/addresses.py", "server/serving.py", "services/wiring.py", "services/workers.py")
_LAYERS = ("services", "server", "edit", "graph")
# What is said of a file that is of no use.
_ABOUT_FILES = ("engine/signatures.py", "engine/sniff.py", "engine/probe.py", "engine/gather.py")
_IS = re.compile(r"(?:it is|it holds|its picture is) .*\S")
_FIELDS = ("detail", "why", "note")


def _written(node: ast.expr | None, within: ast.AST) -> Iterator[str]:
    """The texts that an expression can be, with gaps where values are put in."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in values)
        case ast.IfExp(body=one, orelse=other):
            yield from _written(one, within)
            yield from _written(other, within)
        case ast.Name(id=name):
            for found in ast.walk(within):
                if isinstance(found, ast.Assign) and any(
                    isinstance(at, ast.Name) and at.id == name for at in found.targets
                ):
                    yield from _written(found.value, within)


def _details() -> list[tuple[str, str]]:
    found = []
    for layer in _LAYERS:
        for path in sorted((SOURCE / layer).rglob("*.py")):
            name = path.relative_to(SOURCE).as_posix()
            tree = ast.parse(path.read_text("utf-8"))
            for scope in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]:
                for call in (one for one in ast.walk(scope) if isinstance(one, ast.Call)):
                    for word in call.keywords:
                        if word.arg in _FIELDS and name not in _OPERATORS:
                            found += [(name, text) for text in _written(word.value, tree)]
    for name in _ABOUT_FILES:
        tree = ast.parse((SOURCE / name).read_text("utf-8"))
        found += [
            (name, text) for node in ast.walk(tree) for text in _written(_expression(node), tree) if _IS.fullmatch(text)
        ]
    return sorted(set(found))


def _expression(node: ast.AST) -> ast.expr | None:
    return node if isinstance(node, ast.Constant | ast.JoinedStr) else None


def _known() -> set[str]:
    return {re.sub(r"\{\w*\}", "{}", text) for text in error_table("zh")["details"]}


def test_every_detail_has_chinese_words() -> None:
    details, known = _details(), _known()
    assert len(details) > 150
    missing = [f"{name}: {text}" for name, text in details if text.strip("{}") and text not in known]
    assert missing == []


@pytest.mark.parametrize("fault", sorted(set(FAULTS.values())))
def test_every_fault_of_a_body_has_chinese_words(fault: str) -> None:
    told = translated(f"name {re.sub(r'{.+}', '5', fault)}", "zh")
    assert CHINESE.search(told) and not re.search(r"\b(?:has|is|needs|holds)\b", told)


def _kinds(kind: type[SlimreelError]) -> Iterator[type[SlimreelError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)


def test_every_error_of_the_service_has_a_chinese_sentence() -> None:
    told = error_table("zh")["sentences"]
    assert [kind.code for kind in _kinds(ServiceError) if not CHINESE.search(told.get(kind.code, ""))] == []


def test_gaps_are_filled_and_what_is_not_known_stays() -> None:
    told = translated("a message has at most 4000 characters", "zh")
    assert "4000" in told and CHINESE.search(told)
    assert translated("no such text", "zh") == "no such text"
    two = "it is plain text; the file is empty"
    assert (translated(two, "en"), translated(two, "zh").count("\uff1b")) == (two, 1)
    assert translated("a message has at most 4000 characters", "en") == "a message has at most 4000 characters"
    assert translated("x" * 100_000, "zh") == "x" * 100_000


@pytest.mark.parametrize("text", sorted(error_table("zh")["details"]))
def test_a_chinese_detail_uses_the_gaps_of_its_english(text: str) -> None:
    gaps = set(re.findall(r"\{(\w+)\}", text))
    assert set(re.findall(r"\{(\w+)\}", error_table("zh")["details"][text])) <= gaps
    assert text in error_table("zh")["things"] or CHINESE.search(error_table("zh")["details"][text])


def test_every_label_is_there_in_both_languages() -> None:
    english, chinese = label_table("en"), label_table("zh")
    assert [name for name in english if name not in chinese and not name.endswith("_one")] == []
    words = {name for name, text in english.items() if re.search("[a-z]{2}", re.sub(r"\{\w+\}", "", text))}
    assert [name for name in words if name.startswith("chat_") and not CHINESE.search(chinese[name])] == []
