-- The schema of the installation.
CREATE SCHEMA IF NOT EXISTS {{ database }}.{{ schema }}
