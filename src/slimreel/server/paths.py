"""Which kind a path is of: public, an upload, a stream of events. It knows patterns, not what is behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class PathTable:
    """Patterns such as "/health", "POST /run_sse" or "GET /files/**": `*` is one part of a path, `**` any rest, at
    least one character of it. Without a method any method fits; GET includes HEAD. Raises ValueError."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = [_compiled(one) for one in patterns]

    def has(self, method: str, path: str) -> bool:
        return any(method in methods and pattern.fullmatch(path) for methods, pattern in self._patterns)


def _compiled(text: str) -> tuple[frozenset[str], re.Pattern[str]]:
    method, _, path = text.rpartition(" ")
    if not path.startswith("/") or (method and method not in _METHODS) or "**" in path.removesuffix("**"):
        raise ValueError(f"not a pattern of a path: {text!r}")
    methods = {"": _METHODS, "GET": frozenset({"GET", "HEAD"})}.get(method, frozenset({method}))
    parts = re.split(r"(\*\*|\*)", path)
    pattern = "".join({"*": "[^/]+", "**": ".+"}.get(part) or re.escape(part) for part in parts)
    return methods, re.compile(pattern, re.DOTALL)
