-- Compiles the queries of a definition, as the containers would; for define_report only.
-- Whoever deploys keeps what that role owns in hand, and may therefore replace it.
GRANT ROLE report_runner TO ROLE "{{ deployer }}";

CREATE OR REPLACE PROCEDURE compile_queries(queries STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.compile_queries'
    COMMENT = 'Compiles the queries of a definition with the rights of its owner, REPORT_RUNNER, and answers their columns or Snowflake''s refusals. Runs none. For define_report.'
    EXECUTE AS OWNER;

-- Whose rights count is the owner's: what a container may not read, no definition may name.
GRANT OWNERSHIP ON PROCEDURE compile_queries(STRING) TO ROLE report_runner COPY CURRENT GRANTS;
