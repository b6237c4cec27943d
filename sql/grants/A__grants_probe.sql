-- What the probe may do: see the intake. It gets no warehouse, so that a look that needs one fails.
GRANT USAGE ON DATABASE {{ database }} TO ROLE report_probe;
GRANT USAGE ON SCHEMA {{ database }}.{{ schema }} TO ROLE report_probe;
GRANT SELECT ON TABLE job_intake TO ROLE report_probe;
