"""Compress a video to a bitrate, a size or a quality, and check that the result keeps the promise."""
