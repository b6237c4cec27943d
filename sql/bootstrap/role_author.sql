-- Who adds report types, and does what a requester does.
CREATE ROLE IF NOT EXISTS report_author COMMENT = 'Adds report types; does what a requester does.'
