"""What every error has: its code, exit code, HTTP status and sentence. Knows no particular one."""

from __future__ import annotations

from typing import ClassVar


class SlimreelError(Exception):
    """Something went wrong inside slimreel: {detail}. Please report it with the command you ran."""

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The message for a person: the class's docstring with the fields filled in."""
        return self.template().format_map(_Fields(self.fields))

    @classmethod
    def template(cls) -> str:
        """The class's docstring on one line."""
        return " ".join((cls.__doc__ or cls.__name__).split())


class _Fields(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"({key} unknown)"
