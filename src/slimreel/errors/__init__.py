"""Every error a person can meet: its code, exit code, HTTP status, and the sentence that says what to do next.

    SlimreelError                    internal: something of ours went wrong
    ├── UsageError                   the request itself is wrong
    │   ├── NoSuchFile
    │   ├── Contradiction            two things were asked of which only one can hold
    │   ├── ImpossiblePair           this container cannot hold that codec
    │   ├── UnavailableEncoder
    │   │   └── UnavailableHardware
    │   ├── NotComparable
    │   ├── EditRefused              an operation cannot be done on this draft
    │   │   ├── UnknownOperation
    │   │   ├── BadParameter
    │   │   ├── NoSuchElement
    │   │   ├── NoSuchAsset
    │   │   ├── OutsideRange         carries the range that is valid
    │   │   ├── FactsMissing         something has to be measured first
    │   │   └── NoSpeechEngine       none is set up
    │   ├── GlyphsMissing            no font here can write a text
    │   ├── BadSubtitles
    │   └── BadDraft                 a document that is no draft, or a hostile one
    │       └── NewerDraft
    ├── NotAVideo
    │   └── HostileInput             a playlist, manifest or script in disguise
    ├── DamagedInput
    │   └── BeyondSalvage            no part of it can be read either
    ├── TargetImpossible             carries the smallest target that works
    ├── OutputExists
    │   └── SkillChanged             somebody edited an installed file of the skill
    ├── StorageError
    │   ├── PermissionRefused
    │   └── DiskFull
    ├── WishNotUnderstood
    │   ├── EditNotPossible          understood so far that it asks for an edit
    │   └── RequestUnclear           an edit in words of which something is missing
    ├── BatchFailed
    ├── Interrupted
    └── EngineError
        ├── FfmpegFailed             carries the command and the end of its stderr
        ├── Stalled
        ├── SpeechFailed             the speech engine answers, but nothing of use
        │   └── SpeechUnreachable
        └── VerificationFailed       the result is not what was promised; nothing was published

What only a service meets (tokens, sessions, credits) is in errors/service.py; what only its clients meet, in
errors/client.py.

The docstring of a class is its sentence in English; `{name}` in it is a field given to the constructor. Other
languages are in data/words/errors.*.toml.
"""

from __future__ import annotations

from slimreel.errors.base import SlimreelError as SlimreelError


class UsageError(SlimreelError):
    """{detail}"""

    code = "usage"
    exit_code = 2
    http_status = 400


class NoSuchFile(UsageError):
    """There is no file {path}. Check the spelling, and the folder you are in."""

    code = "no_such_file"
    http_status = 404


class Contradiction(UsageError):
    """What is asked contradicts itself: {first} and {second} cannot both hold. Give only one of them."""

    code = "contradiction"


class ImpossiblePair(UsageError):
    """{container} cannot hold {codec}. {container} holds: {allowed}. Choose another --codec or --container."""

    code = "impossible_pair"


class UnavailableEncoder(UsageError):
    """This machine's FFmpeg has no working encoder for {codec}. `slimreel doctor` lists those that work."""

    code = "unavailable_encoder"


class UnavailableHardware(UnavailableEncoder):
    """This machine cannot encode {codec} with {kind}. What works here: {working}. Leave --encoder out to encode in
    software, which makes smaller files of equal quality."""

    code = "unavailable_hardware"


class NotComparable(UsageError):
    """{reference} and {output} cannot be compared: {detail}. Give a video and what was made of it."""

    code = "not_comparable"
    http_status = 422


class EditRefused(UsageError):
    """This edit cannot be done: {detail}."""

    code = "edit_refused"
    http_status = 422


class UnknownOperation(EditRefused):
    """There is no operation called {op}. The nearest are: {likely}."""

    code = "unknown_operation"


class BadParameter(EditRefused):
    """{op}: {field}: {why}."""

    code = "bad_parameter"


class NoSuchElement(EditRefused):
    """There is nothing called {target} on the timeline. It holds: {known}."""

    code = "no_such_element"


class NoSuchAsset(EditRefused):
    """There is no file called {name} here. There are: {known}."""

    code = "no_such_asset"


class OutsideRange(EditRefused):
    """{asked} lies outside of {target}, which goes from {first} to {last}."""

    code = "outside_range"


class FactsMissing(EditRefused):
    """This needs something that is not known yet of {asset}: {need}."""

    code = "facts_missing"


class NoSpeechEngine(EditRefused):
    """No speech engine is set up here. Name one in SLIMREEL_SPEECH_URL, or give a file with subtitles instead."""

    code = "no_speech_engine"


class GlyphsMissing(UsageError):
    """No font on this machine has the letters {letters} of “{text}”. Install {package}, or put a font that has them
    into a folder and name it in SLIMREEL_FONTS."""

    code = "glyphs_missing"
    http_status = 422


class BadSubtitles(UsageError):
    """These subtitles cannot be read: {detail}. Give a file in SubRip (.srt), WebVTT (.vtt) or ASS (.ass)."""

    code = "bad_subtitles"
    http_status = 422


class BadDraft(UsageError):
    """This is not a timeline that slimreel can use: {detail}."""

    code = "bad_draft"


class NewerDraft(BadDraft):
    """This timeline was written by a newer slimreel (form {schema}; this one knows up to {known}). Update slimreel."""

    code = "newer_draft"


class NotAVideo(SlimreelError):
    """{path} is not a video that slimreel can read: {detail}."""

    code = "not_a_video"
    exit_code = 3
    http_status = 415


class HostileInput(NotAVideo):
    """{path} is not a video: its content is {detail}, which can make a player open other files. It was not opened."""

    code = "hostile_input"


class DamagedInput(SlimreelError):
    """{path} is damaged or cut short: {detail}. Use --salvage to compress the part that can be read."""

    code = "damaged_input"
    exit_code = 4
    http_status = 422


class BeyondSalvage(DamagedInput):
    """{path} is damaged, and nothing of its picture can be saved: {detail}. Get the file again from where it came."""

    code = "beyond_salvage"


class TargetImpossible(SlimreelError):
    """{target} is too small for this video: {detail}. The smallest that works is {smallest}."""

    code = "target_impossible"
    exit_code = 5
    http_status = 422


class OutputExists(SlimreelError):
    """{path} exists already. Use --overwrite to replace it, or -o to name another file."""

    code = "output_exists"
    exit_code = 6
    http_status = 409


class SkillChanged(OutputExists):
    """{path} was changed since it was put there, and is kept. Use --overwrite to replace it."""

    code = "skill_changed"


class StorageError(SlimreelError):
    """{path} could not be read or written: {detail}."""

    code = "storage"
    exit_code = 7
    http_status = 507


class PermissionRefused(StorageError):
    """No permission for {path}. Check who owns it, or write elsewhere with -o."""

    code = "permission"
    http_status = 403


class DiskFull(StorageError):
    """The disk that holds {path} is full. Free some space, or write elsewhere with -o."""

    code = "disk_full"
    retryable = True


class WishNotUnderstood(SlimreelError):
    """I did not understand: {unheard}. Try "8 Mbps", "under 25 MB", "half the size" or "720p"."""

    code = "wish_not_understood"
    exit_code = 8
    http_status = 422


class EditNotPossible(WishNotUnderstood):
    """`compress` only compresses and converts: {unheard} was not done. Say it to `slimreel edit`, or leave it out."""

    code = "edit_not_possible"


class RequestUnclear(WishNotUnderstood):
    """{question}"""

    code = "request_unclear"


class BatchFailed(SlimreelError):
    """{failed} of {total} files failed; the lines above say why."""

    code = "batch_failed"
    exit_code = 9
    http_status = 207


class Interrupted(SlimreelError):
    """Stopped. Nothing unfinished was left behind."""

    code = "interrupted"
    exit_code = 130
    http_status = 499


class EngineError(SlimreelError):
    """The work on {path} failed: {detail}."""

    code = "engine"


class FfmpegFailed(EngineError):
    """FFmpeg stopped with exit code {exit_status} during {stage}: {detail}"""

    code = "ffmpeg_failed"


class Stalled(EngineError):
    """FFmpeg made no progress for {seconds} s during {stage} and was stopped."""

    code = "stalled"
    retryable = True


class SpeechFailed(EngineError):
    """The speech engine at {where} gave no captions: {detail}. Mend that, or give a file with subtitles instead."""

    code = "speech_failed"
    http_status = 502


class SpeechUnreachable(SpeechFailed):
    """The speech engine at {where} does not answer: {detail}. See that it runs, and that SLIMREEL_SPEECH_URL names
    it."""

    code = "speech_unreachable"
    http_status = 503
    retryable = True


class VerificationFailed(EngineError):
    """The result did not pass its checks ({detail}), so it was not kept. Your original is untouched."""

    code = "verification_failed"
