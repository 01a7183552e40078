"""`slimreel serve` as it is, but that it also fetches from this machine: tests have no other server."""

from __future__ import annotations

from functools import partial

from slimreel.cli.main import main
from slimreel.services import wiring
from slimreel.services.fetch import Fetcher
from slimreel.services.web_exchange import Reach

vars(wiring)["Fetcher"] = partial(Fetcher, reach=Reach(allow_private=True))
main()
