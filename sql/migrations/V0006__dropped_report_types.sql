-- A report type that was dropped keeps its versions; the last of them says that nobody can ask for it any more.
ALTER TABLE report_types ADD COLUMN IF NOT EXISTS dropped BOOLEAN;
