-- What who adds report types may do: read and add versions, never change one.
GRANT ROLE report_requester TO ROLE report_author;
GRANT SELECT, INSERT ON TABLE report_types TO ROLE report_author;
