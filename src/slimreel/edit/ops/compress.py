"""Says how large, how good and in which form the output shall be.

before  a video of any size
after   one under 25 MB, or at 8 Mbps, or as good as asked
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.core.choices import Codec, ContainerName, EncoderKind, Hdr, QualityName, Speed
from slimreel.core.contradictions import contradiction
from slimreel.core.goal import Count, Crf, FrameRate, Goal, Share, Side, Vmaf
from slimreel.core.presets import find_preset
from slimreel.core.units import parse_resolution
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Change, Edited, Lines, Name, Operation, Stage
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip
from slimreel.errors import BadParameter, UsageError

# What leads a goal. A new leader takes the place of the old one; everything else is kept until it is said anew.
_LEADERS = (
    "target_size_bytes", "size_ratio", "video_bitrate_bps", "total_bitrate_bps", "crf", "quality", "vmaf_min"
)  # fmt: skip
_SIZES = ("resolution", "width_px", "height_px", "keep_resolution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compress(Operation):
    """Without any parameter: smaller at good quality. With `clip` it holds for that clip when it is exported alone."""

    op: ClassVar[str] = "compress"
    said: ClassVar[Said] = Said(
        cues=(),
        en=(
            "bring it down to 8 mbps",
            "squash this to 50 megs",
            "fit in 24MB keep it sharp",
            "smaller file, same look",
            "1080p at 4000k, aac 128",
            "crf 23 h265",
            "hevc 10-bit no resize",
            "make it discord friendly",
            "can you get it to about a third",
            "encode w/ av1 and cap it at 3Mbps",
            "i need it to be 720 not 1080",
            "30 fps is enough",
            "tiktok version plz",
            "remux only, dont reencode",
            "strip the sound and shrink to 6 mb",
            "batch: all clips 480p",
        ),
        zh=(
            "压到50兆",
            "码率改成8M",
            "画质别掉，文件小点",
            "转1080P，4000k",
            "文件太大了，压到三分之一",
            "帧率降到30",
            "用265编码",
            "做个小红书版本",
            "微信能发就行",
            "只换封装别重新编码",
            "都给我压成720",
            "体积减掉六成",
        ),
    )
    stage: ClassVar[Stage] = "goal"

    target_size_bytes: Annotated[Count | None, Meta(description="the whole file, never above; bytes")] = None
    size_ratio: Annotated[Share | None, Meta(description="of the source's bytes; 0.5 is half")] = None
    video_bitrate_bps: Annotated[Count | None, Meta(description="average of the picture, bit/s")] = None
    total_bitrate_bps: Annotated[Count | None, Meta(description="average of the whole file, bit/s")] = None
    max_bitrate_bps: Annotated[Count | None, Meta(description="ceiling of the picture's average, bit/s")] = None
    crf: Annotated[Crf | None, Meta(description="the encoder's own constant rate factor")] = None
    vmaf_min: Annotated[Vmaf | None, Meta(description="the least mean VMAF")] = None
    quality: Annotated[QualityName | None, Meta(description="how good it shall look")] = None
    preset: Annotated[Name | None, Meta(description="a platform, such as `discord`")] = None
    resolution: Annotated[Lines | None, Meta(description="maximum of the short side, pixels or a name")] = None
    min_resolution: Annotated[Lines | None, Meta(description="least short side, pixels or a name")] = None
    width_px: Annotated[Side | None, Meta(description="exact width")] = None
    height_px: Annotated[Side | None, Meta(description="exact height")] = None
    keep_resolution: Annotated[bool, Meta(description="never scale")] = False
    fps: Annotated[FrameRate | None, Meta(description="maximum frame rate")] = None
    keep_fps: Annotated[bool, Meta(description="no maximum of the frame rate")] = False
    codec: Annotated[Codec | None, Meta(description="of the picture")] = None
    encoder: Annotated[EncoderKind | None, Meta(description="software, or which hardware")] = None
    hardware: Annotated[Literal["auto", "on", "off"], Meta(description="encode in hardware")] = "auto"
    container: Annotated[ContainerName | None, Meta(description="kind of file")] = None
    audio_bitrate_bps: Annotated[Count | None, Meta(description="of each sound track, bit/s")] = None
    audio: Annotated[Literal["keep", "mute"], Meta(description="`mute` leaves the sound out")] = "keep"
    encode_speed: Annotated[Speed, Meta(description="how long it may take")] = "balanced"
    passes: Annotated[Literal[1, 2] | None, Meta(description="taken, but slimreel chooses how a target is met")] = None
    hdr: Annotated[Hdr, Meta(description="what becomes of HDR")] = "auto"
    reencode: Annotated[bool | None, Meta(description="false only changes the container, true never copies")] = None
    strip_metadata: Annotated[bool, Meta(description="leave all tags out")] = False
    keep_location: Annotated[bool, Meta(description="keep the place of filming")] = False
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clip = find_clip(draft, self.clip)
        before = draft.clip_goals.get(clip.id) if clip else draft.goal
        goal = self._goal(before or Goal())
        if found := contradiction(goal):
            why = f"{found.fields['first']} and {found.fields['second']} cannot both hold"
            raise BadParameter(op=self.op, field=str(found.fields["first"]), why=why)
        told = records.said(goal)
        target = clip.id if clip else ""
        changes = [self.change(target, **told) if told else Change(id="edit_compress_default", target=target)]
        changes += [Change(id="edit_compress_passes")] if self.passes else []
        if clip:
            return replace(draft, clip_goals={**draft.clip_goals, clip.id: goal}), tuple(changes)
        return replace(draft, goal=goal), tuple(changes)

    def _goal(self, before: Goal) -> Goal:
        """What was wanted before with what is said now; nothing said is the balanced default."""
        own = {field.name for field in fields(Goal)}
        said = {name: value for name, value in records.said(self).items() if name in own}
        for name in ("resolution", "min_resolution"):
            if name in said:
                said[name] = parse_resolution(str(said[name])).short_side
        if self.quality == "transparent":
            said["quality"] = "visually_lossless"
        if self.hardware != "auto":
            said.setdefault("encoder", "hardware" if self.hardware == "on" else "software")
        if self.preset is not None:
            said["preset"] = self._preset(self.preset)
        kept = records.said(before) if said or self.keep_fps else {}
        for family in (_LEADERS, _SIZES):
            if any(name in said for name in family):
                kept = {name: value for name, value in kept.items() if name not in family}
        if self.keep_fps:
            kept.pop("fps", None)
        return Goal(**(kept | said))

    def _preset(self, name: str) -> str:
        try:
            return find_preset(name).id
        except UsageError as error:
            raise BadParameter(op=self.op, field="preset", why=str(error).rstrip(".")) from error
