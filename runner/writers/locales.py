"""What follows from a locale or a currency without a library of them."""

from typing import Final

_LETTER_REGIONS: Final = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
# Places of currencies that have not two (Unicode CLDR 47, supplemental data, currency fractions).
_WITHOUT_PLACES: Final = (
    "ADP AFN ALL BIF BYR CLP DJF ESP GNF IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG RSD RWF SLL "
    "SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"
)
_NO_PLACES: Final = frozenset(_WITHOUT_PLACES.split())
_MORE_PLACES: Final = {"BHD": 3, "CLF": 4, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "UYW": 4}
_USUAL_PLACES: Final = 2


def has_letter_paper(locale: str) -> bool:
    """Whether offices of a locale such as ``en-US`` print on US Letter; all others take A4."""
    return locale.partition("-")[2] in _LETTER_REGIONS


def currency_places(code: str) -> int:
    """How many places after the point amounts of a currency (ISO 4217) have."""
    return 0 if code in _NO_PLACES else _MORE_PLACES.get(code, _USUAL_PLACES)
