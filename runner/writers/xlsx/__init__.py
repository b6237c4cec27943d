"""XLSX: one workbook per report, its rows streamed, everything else made by the library XlsxWriter."""
