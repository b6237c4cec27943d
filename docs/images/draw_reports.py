"""Draws pages of business reports, made by the runner from the sample data in a local cloud: paper, and a phone.

Run it from the folder of the project: ``python -m docs.images.draw_reports``.
"""

import importlib
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from contract.parameters import resolve_parameters
from contract.report import ReportDefinition
from local_cloud.sample_data.load import load_sample_data
from sql.reports import load_report
from tests.browser.devtools import Browser, opened
from tests.browser.finding import NONE_FOUND, browser_path
from tests.local_stack import BUSINESS_DATE, DATABASE, LocalStack, local_stack

pypdfium2: Any = importlib.import_module("pypdfium2")  # ships no types
REPORTS = ("EXECUTIVE_DASHBOARD", "SALES_REPORT")
COLOURS = 64
DOTS_PER_POINT = 1.6
PHONE_PX = (390, 1180)


def main() -> None:
    """Load the sample data, make the reports, draw them."""
    with tempfile.TemporaryDirectory() as folder, local_stack(Path(folder)) as stack:
        load_sample_data(stack.connection, database=DATABASE, last_day=BUSINESS_DATE, progress=lambda _step: None)
        for report_type in REPORTS:
            keep(first_page(made(stack, report_type, "pdf")), report_type.lower())
        page = Path(folder) / "page.html"
        page.write_bytes(made(stack, REPORTS[0], "html"))
        keep(on_a_phone(page), f"{REPORTS[0].lower()}_phone")


def keep(picture: Image.Image, name: str) -> None:
    """Keep a picture beside this file."""
    # Few colours make a small file, and a report has few.
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(Path(__file__).with_name(f"{name}.png"), optimize=True)


def made(stack: LocalStack, report_type: str, report_format: str) -> bytes:
    """The report in a format, by the container's own code."""
    definition = load_report(report_type) | {"formats": [report_format]}
    params = resolve_parameters(ReportDefinition.model_validate(definition), {}, BUSINESS_DATE)
    attempt = stack.attempt(definition, params, report_type=report_type)
    attempt.run()
    return attempt.read(f"report.{report_format}")


def first_page(pdf: bytes) -> Image.Image:
    """The first page as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[0].render(scale=DOTS_PER_POINT).to_pil().convert("RGB")
    document.close()
    return picture


def on_a_phone(page: Path) -> Image.Image:
    """The beginning of a page as a phone shows it."""
    program = browser_path()
    if program is None:
        sys.exit(NONE_FOUND)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        Browser(program, Path(profile)) as browser,
        opened(browser, page.as_uri(), PHONE_PX[0], mobile=True) as tab,
    ):
        picture = Image.open(io.BytesIO(tab.picture())).convert("RGB")
    return picture.crop((0, 0, *PHONE_PX))


if __name__ == "__main__":
    main()
