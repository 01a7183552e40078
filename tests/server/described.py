"""Holds real answers to the OpenAPI document, more strictly than a client need: what the document does not list may not
be there either, where it does not say that more may."""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from scripts.web_schema import document

_JSON = "application/json"


class Described:
    """The answers that a document describes, and which of them were seen."""

    def __init__(self, described: dict[str, Any]) -> None:
        self._components = copy.deepcopy(described["components"])
        for schema in self._components["schemas"].values():
            if "properties" in schema or schema.get("type") == "object":
                schema.setdefault("additionalProperties", False)
        self._calls = [
            (method.upper(), re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path, call["responses"])
            for path, methods in described["paths"].items()
            for method, call in methods.items()
        ]
        self.seen: set[tuple[str, str, str]] = set()

    @property
    def known(self) -> set[tuple[str, str, str]]:
        """Every answer in JSON that is no refusal: method, path, status."""
        return {
            (method, path, status)
            for method, _, path, responses in self._calls
            for status, told in responses.items()
            if status.startswith("2") and told.get("content", {}).get(_JSON, {}).get("schema")
        }

    def check(self, answer: httpx.Response) -> None:
        """An answer that has been read. Raises AssertionError where it is not as described."""
        call = self._call(answer.request.method, answer.request.url.path)
        if call is None or answer.headers.get("content-type") != _JSON:
            return
        path, responses = call
        status = str(answer.status_code)
        told = responses.get(status) or responses.get(f"{status[0]}XX")
        where = f"{answer.request.method} {path} {status}"
        assert told is not None, f"{where} is not described"
        schema = told.get("content", {}).get(_JSON, {}).get("schema")
        assert schema, f"{where} is described without a form"
        faults = [f"{one.instance_path}: {one.message}" for one in self._validator(schema).iter_errors(answer.json())]
        assert not faults, f"{where}\n" + "\n".join(faults[:5])
        self.seen.add((answer.request.method, path, status))

    def _call(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        found = [
            (told, responses) for verb, form, told, responses in self._calls if verb == method and form.fullmatch(path)
        ]
        return min(found, key=lambda one: one[0].count("{"), default=None)

    def _validator(self, schema: dict[str, Any]) -> Any:
        return jsonschema_rs.validator_for({"components": self._components, **schema})


@cache
def described() -> Described:
    """Of the service as it is."""
    return Described(document())


def held_to_the_document(answer: httpx.Response) -> None:
    """A hook of clients: every answer in JSON that they get is checked."""
    if answer.headers.get("content-type") == _JSON and answer.request.method != "HEAD":  # that has no body
        answer.read()
        described().check(answer)


HOOKS = {"response": [held_to_the_document]}
