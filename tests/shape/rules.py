"""The house rules that can be read from a syntax tree, each a function from a module to its violations.

A rule returns one sentence a violation and knows nothing of pytest; test_rules.py shows each a bad example.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_COORDINATOR_LINES = 200
COORDINATORS = {
    f"src/slimreel/{path}.py" for path in ("engine/render", "services/chat", "services/workflow", "server/app")
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers"}

PROCESS_STARTERS = {
    "src/slimreel/engine/ffmpeg.py",
    "src/slimreel/engine/sandbox.py",
    "src/slimreel/engine/child/launch.py",  # becomes the child that sandbox.py started
    "src/slimreel/engine/child/selftest.py",  # tries to start one, to see it refused
    "src/slimreel/services/processes.py",  # programs of our own: a worker, one render
}
# The client may have no part of the service or the library below it, so it reads its few variables itself.
ENVIRONMENT_READERS = {"src/slimreel/client/environment.py"}
# Programs whose output is a protocol between processes of ours.
TALKS = {
    "src/slimreel/engine/sandbox.py",
    "src/slimreel/services/render_program.py",
    "src/slimreel/services/evidence_program.py",
}
PROCESS_MODULES = {"subprocess", "multiprocessing", "pty"}
PROCESS_FUNCTION = re.compile(r"os\.(exec\w+|spawn\w+|posix_spawnp?|fork|forkpty|system|popen|startfile)$")
ENVIRONMENT = re.compile(r"os\.(environb?|getenvb?|putenv|unsetenv)$")
# Names of encoders, of FFmpeg's wrappers above all; a codec (h264, opus) is not an encoder.
ENCODER = re.compile(
    r"lib(x26[45]|svtav1|vpx|aom|rav1e|kvazaar|openh264|vvenc|xvid|theora|opus|mp3lame|vorbis|fdk_aac)"
    r"|_(nvenc|qsv|amf|vaapi|videotoolbox|mediacodec|mf|v4l2m2m)\b"
)
BLIND = {"Exception", "BaseException"}
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？]")
ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|cf)\.(?=\s+[a-z(])")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the top of the repository, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, path: str, text: str) -> Module:
        return cls(path, text, ast.parse(text))

    def under(self, *folders: str) -> bool:
        return any(self.path.startswith(f"src/slimreel/{folder}/") for folder in folders)


Rule = Callable[[Module], Iterator[str]]


def purpose_line(module: Module) -> Iterator[str]:
    first = (ast.get_docstring(module.tree) or "").partition("\n\n")[0]
    sentences = len(SENTENCE_END.findall(ABBREVIATION.sub(r"\1", first)))
    if not first:
        yield "1: opens with no docstring that says what it is for"
    elif not 1 <= sentences <= 3:
        yield f"1: the first paragraph of the docstring has {sentences} sentences, not one to three"


# What Alembic wrote from the tables is long and has no knowledge of its own.
MIGRATIONS = "services/db/migrations/versions"


def file_length(module: Module) -> Iterator[str]:
    if module.under(MIGRATIONS):
        return
    limit = MAX_COORDINATOR_LINES if module.path in COORDINATORS else MAX_FILE_LINES
    lines = len(module.text.splitlines())
    if lines > limit:
        yield f"{limit + 1}: the file has {lines} lines, more than {limit}"


def function_length(module: Module) -> Iterator[str]:
    if module.under(MIGRATIONS):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, FUNCTIONS) and (lines := _code_lines(node)) > MAX_FUNCTION_LINES:
            yield f"{node.lineno}: {node.name} has {lines} lines, more than {MAX_FUNCTION_LINES}"


def telling_name(module: Module) -> Iterator[str]:
    for part in PurePosixPath(module.path).with_suffix("").parts:
        if part.strip("_") in VAGUE_NAMES:
            yield f"1: a module called {part} says nothing of what is in it"


def processes_in_two_files(module: Module) -> Iterator[str]:
    if module.path in PROCESS_STARTERS:
        return
    for line, name in _imports(module.tree):
        if name.split(".")[0] in PROCESS_MODULES or PROCESS_FUNCTION.match(name):
            yield f"{line}: imports {name}; processes start in engine/ and services/processes.py"
    for line, name in _dotted_names(module.tree):
        if PROCESS_FUNCTION.match(name) or name.startswith("asyncio.create_subprocess"):
            yield f"{line}: uses {name}; processes start in engine/ and services/processes.py"


def av_in_child(module: Module) -> Iterator[str]:
    if not module.under("engine/child"):
        for line, name in _imports(module.tree):
            if name.split(".")[0] == "av":
                yield f"{line}: imports {name} outside engine/child"


def encoders_in_codecs(module: Module) -> Iterator[str]:
    if module.path == "src/slimreel/core/codecs.py":
        return
    docstrings = {id(node) for node in _docstring_nodes(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if isinstance(text, str) and (found := ENCODER.search(text)):
                yield f"{node.lineno}: names the encoder {found[0]}; that belongs into core/codecs.py"


def environment_in_settings(module: Module) -> Iterator[str]:
    if not module.under("settings") and module.path not in ENVIRONMENT_READERS:
        for line, name in [*_dotted_names(module.tree), *_imports(module.tree)]:
            if ENVIRONMENT.match(name):
                yield f"{line}: reads {name}; settings/ alone reads the environment"


def quiet_below_cli(module: Module) -> Iterator[str]:
    if module.under("cli", "engine/child") or module.path in TALKS:
        return
    for line, name in _dotted_names(module.tree):
        if name in {"sys.exit", "os._exit", "os.abort", "sys.stdout", "sys.stderr", "SystemExit"}:
            yield f"{line}: uses {name}; below cli/ nothing prints or exits"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _dotted(node.func) in {"print", "exit", "quit"}:
            yield f"{node.lineno}: calls {_dotted(node.func)}(); below cli/ nothing prints or exits"


def no_blind_except(module: Module) -> Iterator[str]:
    """A handler that ends by raising again hides nothing, so it may clean up after anything."""
    if module.path == "src/slimreel/cli/main.py":
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler) or _raises_again(node):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(kind is None or _dotted(kind) in BLIND for kind in caught):
            yield f"{node.lineno}: catches everything; name the errors that are expected"


def reasons_are_told(module: Module) -> Iterator[str]:
    """What `because` gives is an event or a plan: a statement that only calls it keeps a reason from who listens."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="because" | "replan" as name))):
                yield f"{node.lineno}: drops what {name}() gives; yield it"


EVERYWHERE: tuple[Rule, ...] = (file_length, function_length, telling_name)
IN_SRC: tuple[Rule, ...] = (
    purpose_line,
    processes_in_two_files,
    av_in_child,
    encoders_in_codecs,
    environment_in_settings,
    quiet_below_cli,
    no_blind_except,
    reasons_are_told,
)


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    for docstring in _docstring_nodes(node):
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def _docstring_nodes(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and node.body:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as docstring):
                    yield docstring


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _dotted_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)):
            yield node.lineno, _dotted(node)


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
