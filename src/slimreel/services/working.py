"""The program of a worker: `python -m slimreel.services.working --data DIR`, and what the verb `worker` runs."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from slimreel.services.logs import write_json
from slimreel.services.publish import Publisher
from slimreel.services.renders import Renders
from slimreel.services.wiring import Services, build
from slimreel.services.workers import WorkerParts, run_worker
from slimreel.settings.service import ServiceSettings, read_service_settings


def work(settings: ServiceSettings, told: Callable[[str], None] = lambda line: None) -> None:
    """Render until SIGTERM or SIGINT, then give back what is unfinished. Raises UsageError, Unavailable."""
    write_json()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = build(settings)
    told("slimreel worker is ready")
    try:
        run_worker(parts_of(services), stop)
    finally:
        services.close()


def parts_of(services: Services) -> WorkerParts:
    publisher = Publisher(services.storage)
    return WorkerParts(
        settings=services.settings,
        database=services.database,
        clock=services.clock,
        jobs=services.jobs,
        renders=Renders(services.settings, services.jobs, services.assets, publisher),
        retention=services.retention,
        webhooks=services.webhooks,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="slimreel.services.working", description=__doc__)
    parser.add_argument("--data", type=Path)
    work(read_service_settings({"data": parser.parse_args().data}))


if __name__ == "__main__":
    main()
