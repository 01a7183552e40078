"""Whether a video on the page really plays: its time goes on, and what it shows is a picture."""

from __future__ import annotations

from playwright.sync_api import Locator

_ADVANCED = """video => new Promise((resolve) => {
  const begun = video.currentTime;
  const look = () => { if (video.currentTime > begun + 0.25 || video.ended) resolve(video.currentTime); };
  video.addEventListener("timeupdate", look);
  video.addEventListener("ended", look);
  look();
})"""
# The pixels of a video as the screen would show them: how many different colours there are.
_COLOURS = """video => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 36});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 36);
  return new Set(new Uint32Array(context.getImageData(0, 0, 64, 36).data.buffer)).size;
}"""


def plays(video: Locator) -> bool:
    """Waits until its time has gone on; then it has to show many colours."""
    return bool(video.evaluate(_ADVANCED) > 0.25 and video.evaluate(_COLOURS) > 20)
