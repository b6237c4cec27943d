-- Days on which nobody works: reports of the cadence business_days are not made for them.
CREATE TABLE IF NOT EXISTS holidays (
    day  DATE NOT NULL,
    note STRING
) COMMENT = 'Days, besides Saturday and Sunday, for which no report of the cadence business_days is made. For operators to fill.';
