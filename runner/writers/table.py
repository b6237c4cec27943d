"""Which writer makes which format; one is imported only when its format is asked for."""

import importlib
from typing import Final

from contract.report import ReportFormat
from runner.failures import WrongDefinitionError
from runner.writers.format import ReportWriter

WRITERS: Final = {
    ReportFormat.CSV: "runner.writers.csv:CsvWriter",
    ReportFormat.NDJSON: "runner.writers.ndjson:NdjsonWriter",
    ReportFormat.JSON: "runner.writers.json:JsonWriter",
    ReportFormat.PARQUET: "runner.writers.parquet:ParquetWriter",
    ReportFormat.XLSX: "runner.writers.xlsx.report:XlsxWriter",
    ReportFormat.HTML: "runner.writers.html:HtmlWriter",
    ReportFormat.PDF: "runner.writers.pdf:PdfWriter",
}


def writer_of(report_format: ReportFormat) -> type[ReportWriter]:
    """The writer of a format, imported.

    Raises:
        WrongDefinitionError: this environment lacks what the format needs (10).
    """
    module, _, name = WRITERS[report_format].partition(":")
    try:
        found: type[ReportWriter] = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise WrongDefinitionError(
            f"this image cannot write {report_format}: it has no {error.name}; leave the format out of the report, "
            "or have the executor launch an image that has the extra documents: REPORTING_TASK_DEFINITION_DOCUMENTS",
            kind="FormatUnavailable",
        ) from error
    return found
