"""Who a client is: the environment, what it keeps for the next time, and the skill that it works for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from slimreel.client import Client
from slimreel.client.attribution import attribution, frontmatter, platform_of
from slimreel.client.environment import Keepsakes, read_environment, spoken_language, user_folder
from slimreel.client.files import LocalSource, arriving
from slimreel.errors import NoSuchFile, OutputExists, StorageError

SKILL = """---
name: video-compressor-bitrate
description: "Compress: videos"
metadata:
  version: 1.2.3
---
version: 9
"""


@pytest.mark.parametrize(
    ("variables", "server", "token"),
    [
        ({}, "", ""),
        ({"NEMO_TOKEN": "n", "NEMO_API_URL": "http://n"}, "http://n", "n"),
        ({"SLIMREEL_TOKEN": "s", "NEMO_TOKEN": "n"}, "", "s"),
        ({"SLIMREEL_API_URL": "http://s", "NEMO_API_URL": "http://n"}, "http://s", ""),
        ({"SLIMREEL_TOKEN": " ", "NEMO_TOKEN": "n"}, "", "n"),
    ],
)  # fmt: skip
def test_the_environment(monkeypatch, variables, server, token):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = read_environment()
    assert (found.server, found.token) == (server, token)
    assert "token" not in repr(found)


def test_what_is_given_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("NEMO_TOKEN", "n")
    monkeypatch.setenv("NEMO_API_URL", "http://n")
    with Client("http://given/", token="") as client:
        assert (client.talk.server, client.talk.token) == ("http://given", "")
    with Client() as client:
        assert (client.talk.server, client.talk.token) == ("http://n", "n")
        assert "'n'" not in repr(client.talk)


@pytest.mark.parametrize(("value", "language"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")])
def test_the_language_of_the_surroundings(monkeypatch, value, language):
    monkeypatch.setenv("LC_ALL", value)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.delenv("LANG", raising=False)
    assert spoken_language() == language


def test_the_client_id_is_made_once_and_nobody_else_reads_it(home: Path):
    first = Keepsakes()
    first.keep_token("http://a", "t")
    assert first.client_id() == Keepsakes().client_id()
    assert (Keepsakes().token("http://a"), Keepsakes().token("http://b")) == ("t", "")
    path = user_folder("config") / "client.json"
    assert path.is_relative_to(home)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["client.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"client_id": 7, "tokens": []}', '{"tokens": {"http://a": null}}'])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: str):
    path = tmp_path / "client.json"
    path.write_text(content)
    keepsakes = Keepsakes(path)
    assert keepsakes.token("http://a") == ""
    assert len(keepsakes.client_id()) == 36
    keepsakes.keep_token("http://a", "t")
    assert Keepsakes(path).token("http://a") == "t"


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert Keepsakes(tmp_path / "file" / "client.json").client_id()


@pytest.mark.parametrize(
    ("folder", "platform"),
    [
        (".clawhub/skills/x", "clawhub"),
        (".cursor/skills/x", "cursor"),
        (".cursor/x", "unknown"),
        (".claude/skills/x", "claude_code"),
        ("claude/x", "unknown"),
    ],
)
def test_the_skill_and_where_it_is_installed(tmp_path: Path, folder: str, platform: str):
    place = tmp_path / folder
    place.mkdir(parents=True)
    (place / "SKILL.md").write_text(SKILL)
    wanted = {
        "X-Skill-Source": "video-compressor-bitrate",
        "X-Skill-Version": "1.2.3",
        "X-Skill-Platform": platform,
    }
    assert attribution(place) == attribution(place / "SKILL.md") == wanted
    assert platform_of(place) == platform


def test_headers_hold_no_line_breaks_and_a_missing_skill_is_no_error(tmp_path: Path):
    path = tmp_path / "SKILL.md"
    path.write_text('---\nname: "a\u00e4\u200b b"\nversion: "1.0" # comment\n---\n', encoding="utf-8")
    assert attribution(path)["X-Skill-Source"] == "a b"
    assert attribution(path)["X-Skill-Version"] == "1.0"
    assert attribution(tmp_path / "none.md")["X-Skill-Version"] == "0.1.0"
    assert frontmatter("no dashes") == {}


def test_a_file_appears_when_it_is_whole(tmp_path: Path):
    out = tmp_path / "new" / "out.mp4"
    with arriving(out) as sink:
        sink.write(b"wrong")
        sink.restart()
        sink.write(b"right")
        assert not out.exists()
    assert out.read_bytes() == b"right"
    with pytest.raises(OutputExists), arriving(out):
        pass
    with pytest.raises(ZeroDivisionError):
        _broken_off(out)
    assert out.read_bytes() == b"right"
    assert [one.name for one in out.parent.iterdir()] == ["out.mp4"]


def _broken_off(out: Path) -> None:
    with arriving(out, overwrite=True) as sink:
        sink.write(bytes(10 // len(b"")))


def _overtaken(out: Path) -> None:
    with arriving(out) as sink:
        sink.write(b"ours")
        out.write_bytes(b"theirs")


def test_somebody_else_takes_the_name_meanwhile(tmp_path: Path):
    out = tmp_path / "out.mp4"
    with pytest.raises(OutputExists):
        _overtaken(out)
    assert out.read_bytes() == b"theirs"


def test_files_that_cannot_be_sent(tmp_path: Path):
    with pytest.raises(NoSuchFile):
        LocalSource(tmp_path / "none.mp4")
    with pytest.raises(StorageError):
        LocalSource(tmp_path)
