-- Where the procedures' code lies: one zip per version of it, named by its content.
CREATE STAGE IF NOT EXISTS {{ database }}.{{ schema }}.procedure_code
