"""The verb `admin` on a real data folder: what it changes is what the service then finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import update

from slimreel.cli import signals
from slimreel.cli.main import main
from slimreel.errors.service import BadToken
from slimreel.services.clock import now
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.db.models import Balance
from slimreel.services.starters import Starters
from slimreel.services.tokens import Tokens
from slimreel.settings.service import ServiceSettings
from tests.cli.conftest import Program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "slimreel-data"
    found.mkdir()
    return found


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    found = Database(sqlite_url(folder))
    migrate(found)
    yield found
    found.close()


@pytest.fixture
def user(database: Database, folder: Path) -> str:
    starters = Starters(database, now, ServiceSettings(data=folder), Ledger(database, now), Tokens(database, now))
    return starters.starter("client-1", "127.0.0.1").user_id


@pytest.fixture
def slimreel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program in this process: a start takes a second, and there are many here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signals, "install", lambda: None)

    def run(*arguments: str | Path, **options: object) -> CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return CompletedProcess(arguments, int(str(ended.value.code)), said.out, said.err)

    return run


def told(slimreel: Program, *arguments: str) -> list[dict[str, Any]]:
    done = slimreel("admin", *arguments, "--json")
    assert (done.stderr, done.returncode) == ("", 0)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_token_is_made_listed_and_revoked(slimreel: Program, database: Database, user: str):
    tokens = Tokens(database, now)
    (made,) = told(slimreel, "tokens", "create", user, "--name", "For the studio", "--scope", "read", "--days", "90")
    assert tokens.authenticate(made["token"]).user_id == user
    listed = told(slimreel, "tokens", "list", user)
    assert {one["name"]: one["scopes"] for one in listed} == {
        "For the studio": ["read"],
        "Starter": ["read", "render", "upload", "write"],
    }
    assert made["token"] not in json.dumps(listed)
    assert told(slimreel, "tokens", "revoke", user, made["id"]) == [
        {"id": made["id"], "user_id": user, "revoked": True}
    ]
    with pytest.raises(BadToken):
        Tokens(database, now).authenticate(made["token"])


def test_a_token_can_be_made_with_its_account(slimreel: Program, database: Database):
    done = slimreel("admin", "tokens", "create")
    assert done.returncode == 0
    secret, whose = done.stdout.splitlines()
    caller = Tokens(database, now).authenticate(secret)
    assert whose == f"{caller.token_id} of {caller.user_id}"
    assert Ledger(database, now).balance(caller.user_id).available == 100


def test_credits_are_granted_shown_and_checked(slimreel: Program, database: Database, user: str):
    told(slimreel, "credits", "grant", user, "50", "--note", "For the trouble")
    balance = {"user_id": user, "available": 150, "frozen": 0, "total": 150}
    assert told(slimreel, "credits", "show", user) == [balance]
    newest, oldest = told(slimreel, "credits", "history", user)
    assert (newest["note"], newest["available_change"], oldest["available_change"]) == ("For the trouble", 50, 100)
    assert len(told(slimreel, "credits", "history", user, "--count", "1")) == 1
    assert told(slimreel, "credits", "check") == [{"violations": [], "revenue": 0}]
    with database.write() as transaction:
        transaction.execute(update(Balance).where(Balance.account == f"user:{user}:frozen").values(amount=7))
    done = slimreel("admin", "credits", "check")
    assert done.returncode == 1
    assert any("frozen" in line for line in done.stdout.splitlines())


def test_accounts_are_shown(slimreel: Program, user: str):
    (shown,) = told(slimreel, "users", "list")
    assert [shown] == told(slimreel, "users", "show", user)
    assert (shown["id"], shown["kind"], shown["email"], shown["available"]) == (user, "anonymous", None, 100)
    assert user in slimreel("admin", "users", "show", user).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "show", "anon_0000000000000000"), ("tokens", "list", "x"), ("credits", "show", "x"),
        ("credits", "grant", "x", "5"), ("credits", "history", "x"), ("tokens", "create", "x"),
    ],
)  # fmt: skip
def test_an_unknown_account_is_an_error(slimreel: Program, database: Database, arguments):
    done = slimreel("admin", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "no account" in done.stderr
    assert Ledger(database, now).check() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("tokens", "create", "--scope", "everything"), ("tokens", "create", "--days", "0"),
        ("tokens", "create", "--name", ""),
        ("credits", "grant", "x", "0"), ("credits", "grant", "x", "-5"), ("users", "nobody"), ("credits",),
    ],
)  # fmt: skip
def test_a_wrong_call_changes_nothing(slimreel: Program, database: Database, arguments):
    done = slimreel("admin", *arguments)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr
    assert told(slimreel, "users", "list") == []


def test_a_folder_without_a_service_is_left_alone(slimreel: Program, tmp_path: Path):
    done = slimreel("admin", "users", "list", "--data", str(tmp_path / "elsewhere"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--data" in done.stderr
    assert not (tmp_path / "elsewhere").exists()
