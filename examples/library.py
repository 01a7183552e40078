"""Compresses a video with the library, after a look at what would come of it.

python examples/library.py clip.mp4 "under 25 MB" small.mp4
"""

from __future__ import annotations

import sys

import slimreel


def main(path: str, wish: str, out: str) -> int:
    try:
        foretold = slimreel.estimate(path, wish)
        print(f"about {foretold.bytes.value / 1e6:.1f} MB, {foretold.seconds.value:.0f} s of work")
        result = slimreel.compress(path, wish, out)
    except slimreel.TargetImpossible as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{result.source_bytes / 1e6:.1f} MB -> {result.bytes / 1e6:.1f} MB, {result.strategy}: {result.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
