"""Languages by the tags that people write, the three letters that files hold, and their English names."""

from __future__ import annotations

# ISO 639-1, ISO 639-2/T, name: those that speech is most often in. Others are passed on as they are.
_LANGUAGES = (
    ("ar", "ara", "arabic"), ("cs", "ces", "czech"), ("da", "dan", "danish"), ("de", "deu", "german"),
    ("el", "ell", "greek"), ("en", "eng", "english"), ("es", "spa", "spanish"), ("fa", "fas", "persian"),
    ("fi", "fin", "finnish"), ("fr", "fra", "french"), ("he", "heb", "hebrew"), ("hi", "hin", "hindi"),
    ("hu", "hun", "hungarian"), ("id", "ind", "indonesian"), ("it", "ita", "italian"), ("ja", "jpn", "japanese"),
    ("ko", "kor", "korean"), ("ms", "msa", "malay"), ("nl", "nld", "dutch"), ("no", "nor", "norwegian"),
    ("pl", "pol", "polish"), ("pt", "por", "portuguese"), ("ro", "ron", "romanian"), ("ru", "rus", "russian"),
    ("sv", "swe", "swedish"), ("ta", "tam", "tamil"), ("th", "tha", "thai"), ("tr", "tur", "turkish"),
    ("uk", "ukr", "ukrainian"), ("vi", "vie", "vietnamese"), ("zh", "zho", "chinese"),
)  # fmt: skip
_LETTERS = {tag: letters for tag, letters, _ in _LANGUAGES}
_TAGS = {name: tag for tag, _, name in _LANGUAGES}


def spoken_here(tag: str) -> str:
    """The language of ours that somebody reads who asked for this tag: "zh" for "zh-CN", else "en"."""
    return "zh" if tag.lower().startswith("zh") else "en"


def in_files(tag: str | None) -> str | None:
    """What MP4 and Matroska hold for a tag: "eng" for "en" or "en-GB"."""
    return None if tag is None else _LETTERS.get(tag.partition("-")[0].lower(), tag)


def named(name: str) -> str | None:
    """The tag of a language by its English name, in small letters."""
    return _TAGS.get(name)
