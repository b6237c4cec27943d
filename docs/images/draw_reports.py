"""Draws the first pages of two business reports, made by the runner from the sample data in a local cloud.

Run it from the folder of the project: ``python -m docs.images.draw_reports``.
"""

import importlib
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from contract.parameters import resolve_parameters
from contract.report import ReportDefinition
from local_cloud.sample_data.load import load_sample_data
from sql.reports import load_report
from tests.local_stack import BUSINESS_DATE, DATABASE, LocalStack, local_stack

pypdfium2: Any = importlib.import_module("pypdfium2")  # ships no types
REPORTS = ("EXECUTIVE_DASHBOARD", "SALES_REPORT")
COLOURS = 64
DOTS_PER_POINT = 1.6


def main() -> None:
    """Load the sample data, make the reports, draw them."""
    with tempfile.TemporaryDirectory() as folder, local_stack(Path(folder)) as stack:
        load_sample_data(stack.connection, database=DATABASE, last_day=BUSINESS_DATE, progress=lambda _step: None)
        for report_type in REPORTS:
            page = first_page(made(stack, report_type))
            # Few colours make a small file, and a report has few.
            small = page.quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(Path(__file__).with_name(f"{report_type.lower()}.png"), optimize=True)


def made(stack: LocalStack, report_type: str) -> bytes:
    """The report as PDF, by the container's own code."""
    definition = load_report(report_type) | {"formats": ["pdf"]}
    params = resolve_parameters(ReportDefinition.model_validate(definition), {}, BUSINESS_DATE)
    attempt = stack.attempt(definition, params, report_type=report_type)
    attempt.run()
    return attempt.read("report.pdf")


def first_page(pdf: bytes) -> Image.Image:
    """The first page as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[0].render(scale=DOTS_PER_POINT).to_pil().convert("RGB")
    document.close()
    return picture


if __name__ == "__main__":
    main()
