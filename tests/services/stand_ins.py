"""A ledger, a store and sources as small as can be, and accounts to render for. The real ones have their own tests."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from slimreel.edit import wire
from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.engine.gather import gather
from slimreel.errors.service import NoCredits, NotHere
from slimreel.graph.material import Material
from slimreel.services import ids
from slimreel.services.clock import now
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Job, Session, Transfer, User
from slimreel.services.feed import Feed
from slimreel.services.jobs import Jobs
from slimreel.settings.service import ServiceSettings

CREDITS = 100


class Ledger:
    """Holds that are closed once, by their unique rows. An account has 100 credits."""

    def hold(self, transaction: Transaction, user_id: str, amount: int, *, job: str, note: str) -> bool:
        if amount > CREDITS:
            raise NoCredits(needed=amount, available=CREDITS, remedy="")
        self._add(transaction, job, "open", "hold", user_id, amount, note)
        return True

    def settle(self, transaction: Transaction, job: str, amount: int | None = None) -> bool:
        return self._close(transaction, job, "settle")

    def release(self, transaction: Transaction, job: str) -> bool:
        return self._close(transaction, job, "release")

    def _close(self, transaction: Transaction, job: str, kind: str) -> bool:
        rows = transaction.execute(select(Transfer.phase, Transfer.amount, Transfer.user_id).where(Transfer.job == job))
        phases = {phase: (amount, user_id) for phase, amount, user_id in rows.all()}
        if "open" not in phases or "close" in phases:
            return False
        amount, user_id = phases["open"]
        self._add(transaction, job, "close", kind, user_id, amount, "")
        return True

    @staticmethod
    def _add(transaction: Transaction, job: str, phase: str, kind: str, user_id: str, amount: int, note: str) -> None:
        row = Transfer(job=job, phase=phase, kind=kind, user_id=user_id, amount=amount, note=note, created_at=now())
        transaction.add(row)
        transaction.flush()


class Store:
    """A folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, path: Path) -> None:
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        path.rename(self.root / key)

    def size(self, key: str) -> int:
        try:
            return (self.root / key).stat().st_size
        except FileNotFoundError:
            raise NotHere from None

    def keys(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}


class Sources:
    """The same file for every session, called a1; none where there is no file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def materials(self, session_id: str, only: Collection[str] | None = None) -> Iterator[dict[str, Material]]:
        yield {"a1": gather(self.path, "a1")} if self.path.name else {}


def make_jobs(database: Database, settings: ServiceSettings, clock: Any = now, announcer: Any = None) -> Jobs:
    return Jobs(database, clock, settings, Ledger(), Feed(database, clock), announcer)


def account(database: Database, sessions: int = 1) -> tuple[str, list[str]]:
    """A new account with sessions; their ids."""
    user_id, found = ids.user_id(), [ids.session_id() for _ in range(sessions)]
    with database.write() as transaction:
        transaction.add(User(id=user_id, kind="anonymous", email=None, password=None, created_at=now()))
        transaction.flush()
        for one in found:
            transaction.add(
                Session(
                    id=one, task_id=ids.new("task"), user_id=user_id, name="project", language="en", draft_id=None,
                    fresh=[], created_at=now(), used_at=now(),
                )
            )  # fmt: skip
    return user_id, found


def submit(jobs: Jobs, user_id: str, session_id: str, name: str = "render_1", **more: Any) -> Job:
    """A job with little said of it."""
    said: dict[str, Any] = {"document": {"v": 1}, "price": 3, "note": "a render", "draft_id": "drf_1"}
    return jobs.submit(user_id=user_id, session_id=session_id, name=name, **(said | more))


def draft_of(path: Path, **changes: Any) -> Draft:
    """A draft with the file as its one clip."""
    return replace(begin(Facts(assets=(gather(path, "a1").asset,))), **changes)


def document_of(path: Path, **changes: Any) -> dict[str, Any]:
    return wire.dump(draft_of(path, **changes))


def closings(database: Database) -> dict[str, int]:
    """How many holds were closed, by how."""
    query = select(Transfer.kind, func.count()).where(Transfer.phase == "close").group_by(Transfer.kind)
    with database.read() as transaction:
        return {row.kind: row[1] for row in transaction.execute(query)}


@cache
def clip(folder: Path, seconds: int = 2, size: str = "320x180") -> Path:
    """A clip of noise, which takes an encoder some work."""
    path = folder / f"clip-{seconds}-{size}.mp4"
    arguments = f"-f lavfi -i testsrc2=s={size}:r=25:d={seconds},noise=alls=30:allf=t -f lavfi -i sine=d={seconds}:b=4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", *arguments.split()]
    command += "-c:v libx264 -preset ultrafast -crf 20 -pix_fmt yuv420p -c:a aac -shortest".split()
    subprocess.run([*command, str(path)], check=True)
    return path
