-- What who defines report types may do: call what checks and keeps a definition, and read what was kept.
GRANT ROLE report_requester TO ROLE report_author;
GRANT SELECT ON TABLE report_types TO ROLE report_author;
-- It was granted before there was a procedure that checks first.
REVOKE INSERT ON TABLE report_types FROM ROLE report_author;
GRANT USAGE ON PROCEDURE define_report(STRING, OBJECT) TO ROLE report_author;
GRANT USAGE ON PROCEDURE drop_report(STRING) TO ROLE report_author;
