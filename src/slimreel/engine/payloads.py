"""What runs of packets of a file hold, as hashes: read in a sandboxed child. It must not know why they are compared."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from slimreel.engine import children, probe
from slimreel.engine.sniff import DECODERS, open_input
from slimreel.errors import EngineError

Runs = Sequence[tuple[int, int]]  # first packet, and how many; counted in the order of the file


def digests(path: Path, wanted: Mapping[int, Runs]) -> dict[int, list[str]]:
    """One hash for each run of packets of each stream; empty where the file does not hold all of a run."""
    source = open_input(path)
    try:
        told = children.call(
            "payloads",
            {"fd": source.fd, "demuxer": source.demuxer, "decoders": DECODERS,
             "streams": {str(index): list(runs) for index, runs in wanted.items()}},
            path=path,
            fds=(source.fd,),
            deadline_s=10 * probe.START_S + os.fstat(source.fd).st_size / probe.SLOWEST_READ_BPS,
        )  # fmt: skip
        return {int(index): [str(one) for one in found] for index, found in told["digests"].items()}
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise EngineError(path=path, detail=f"its hashes do not fit: {error}") from error
    finally:
        os.close(source.fd)
