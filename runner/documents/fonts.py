"""The fonts of documents, all from installed packages: nothing is downloaded, nothing is needed of the system.

FiraGO writes Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian and Devanagari, Noto Sans CJK Chinese, Japanese
and Korean, Noto's symbols much of the rest. No others are looked at: a report looks the same wherever it is made.
"""

import tempfile
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Final

FAMILY: Final = "FiraGO"
ON_SCREEN: Final = "FiraGO, Fira Sans, Roboto, Segoe UI, Arial, sans-serif"
"""What a browser, which has fonts of its own, may take instead: letters of about the same width."""

FALLBACKS: Final = ("Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math")
_MODULES: Final = (
    "FiraGO_Regular", "FiraGO_Bold", "NotoSans_Regular", "NotoSansSymbols_Regular", "NotoSansSymbols2_Regular",
    "NotoSansMath_Regular",
)  # fmt: skip
_CJK_OF_LOCALE: Final = {"ja": "JP", "ko": "KR", "zh-TW": "TC", "zh-HK": "HK"}


def cjk_family(locale: str) -> str:
    """The face that draws Chinese characters as a locale's readers know them; simplified unless it says otherwise."""
    language = locale.partition("-")[0]
    return f"Noto Sans CJK {_CJK_OF_LOCALE.get(locale) or _CJK_OF_LOCALE.get(language, 'SC')}"


@cache
def _unpacked() -> tempfile.TemporaryDirectory[str]:
    # The package holds its fonts compressed in Python modules; the compilers want files.
    folder = tempfile.TemporaryDirectory(prefix="reporting-fonts-")
    for name in _MODULES:
        Path(folder.name, f"{name}.ttf").write_bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
    return folder


def font_folders() -> tuple[Path, Path]:
    """The folders in which the fonts lie; they live as long as the process."""
    return Path(_unpacked().name), Path(str(files("noto_cjk_sans_otc")))
