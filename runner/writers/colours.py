"""Colours of a chart's series, the same in documents and workbooks."""

from typing import Final

SERIES: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#5F4B8B")
"""Okabe and Ito's colours (2008), which people who see colours differently can tell apart; without yellow, too pale on
white."""

OTHER: Final = "#9AA3AD"
"""The series that stands for all that are not drawn."""
