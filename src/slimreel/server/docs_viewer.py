"""The viewer of the API's description, from the package `swagger-ui-bundle`: no page of ours loads from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript",
}
_START = """
window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#viewer", deepLinking: true, validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
  });
};
"""
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>slimreel: the API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="viewer"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
"""


def page() -> str:
    return _PAGE


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """A file of the viewer with its media type; None for any other name."""
    if name == "start.js":
        return _START.encode(), "text/javascript"
    if name not in _FILES:
        return None
    found = next(files("swagger_ui_bundle").joinpath("vendor").iterdir())
    return found.joinpath(name).read_bytes(), _FILES[name]
