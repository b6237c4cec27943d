-- The INFORMATION_SCHEMA of one database, whose name stands for DATABASE_NAME_HERE, with what was noted of its objects.
-- Params: -

CREATE OR REPLACE VIEW "DATABASE_NAME_HERE"._fs_information_schema._fs_views AS
SELECT p.* REPLACE (
    coalesce(n.owner, p."TABLE_OWNER") AS "TABLE_OWNER", coalesce(n.text, '') AS "VIEW_DEFINITION",
    coalesce(n.created_on, p."CREATED") AS "CREATED", coalesce(n.altered_on, p."LAST_ALTERED") AS "LAST_ALTERED",
    coalesce(n.altered_on, p."LAST_DDL") AS "LAST_DDL", n.comment AS "COMMENT")
FROM "DATABASE_NAME_HERE"._fs_information_schema._fs_plain_views AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'VIEW' AND n.database_name = p."TABLE_CATALOG" AND n.schema_name = p."TABLE_SCHEMA"
    AND n.name = p."TABLE_NAME";

CREATE OR REPLACE VIEW "DATABASE_NAME_HERE"._fs_information_schema._fs_schemata AS
SELECT p.* REPLACE (
    coalesce(n.owner, p."SCHEMA_OWNER") AS "SCHEMA_OWNER", coalesce(n.created_on, p."CREATED") AS "CREATED",
    coalesce(n.altered_on, p."LAST_ALTERED") AS "LAST_ALTERED", n.comment AS "COMMENT")
FROM "DATABASE_NAME_HERE"._fs_information_schema._fs_plain_schemata AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'SCHEMA' AND n.database_name = p."CATALOG_NAME" AND n.schema_name = p."SCHEMA_NAME";

CREATE OR REPLACE VIEW "DATABASE_NAME_HERE"._fs_information_schema.databases AS
SELECT p.* REPLACE (
    coalesce(n.owner, p."DATABASE_OWNER") AS "DATABASE_OWNER", coalesce(n.created_on, p."CREATED") AS "CREATED",
    coalesce(n.altered_on, p."LAST_ALTERED") AS "LAST_ALTERED", n.comment AS "COMMENT")
FROM "DATABASE_NAME_HERE"._fs_information_schema._fs_plain_databases AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'DATABASE' AND n.database_name = p."DATABASE_NAME";

CREATE OR REPLACE VIEW "DATABASE_NAME_HERE"._fs_information_schema._fs_tables AS
SELECT p.* REPLACE (
    coalesce(n.owner, p."TABLE_OWNER") AS "TABLE_OWNER", coalesce(n.created_on, p."CREATED") AS "CREATED",
    coalesce(n.altered_on, p."LAST_ALTERED") AS "LAST_ALTERED", coalesce(n.altered_on, p."LAST_DDL") AS "LAST_DDL",
    n.comment AS "COMMENT")
FROM "DATABASE_NAME_HERE"._fs_information_schema._fs_plain_tables AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'TABLE' AND n.database_name = p."TABLE_CATALOG" AND n.schema_name = p."TABLE_SCHEMA"
    AND n.name = p."TABLE_NAME"
UNION ALL BY NAME
SELECT v."TABLE_CATALOG", v."TABLE_SCHEMA", v."TABLE_NAME", v."TABLE_OWNER", 'VIEW' AS "TABLE_TYPE", v."CREATED",
    v."LAST_ALTERED", v."LAST_DDL", v."COMMENT"
FROM "DATABASE_NAME_HERE"._fs_information_schema._fs_views AS v;
