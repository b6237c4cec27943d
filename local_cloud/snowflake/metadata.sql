-- What the engine does not keep of objects, and the metadata views that tell it.
-- Params: -

CREATE TABLE IF NOT EXISTS _fs_global.main.notes (
    kind VARCHAR, database_name VARCHAR, schema_name VARCHAR, name VARCHAR,
    created_on TIMESTAMPTZ, altered_on TIMESTAMPTZ, owner VARCHAR, comment VARCHAR, text VARCHAR,
    PRIMARY KEY (kind, database_name, schema_name, name)
);

CREATE TABLE IF NOT EXISTS _fs_global.main.column_notes (
    database_name VARCHAR, schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR,
    comment VARCHAR, declared VARCHAR, key_sequence INTEGER, is_unique BOOLEAN,
    PRIMARY KEY (database_name, schema_name, table_name, column_name)
);

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_columns AS
SELECT p.* REPLACE (
    CASE
        WHEN n.declared IS NOT NULL THEN n.declared
        WHEN p.data_type IN ('INTEGER', 'SMALLINT', 'TINYINT', 'HUGEINT', 'UBIGINT', 'UINTEGER', 'USMALLINT',
            'UTINYINT', 'UHUGEINT') THEN 'NUMBER'
        WHEN p.data_type LIKE '%[]' OR p.data_type LIKE 'STRUCT%' OR p.data_type LIKE 'MAP%' THEN 'VARIANT'
        WHEN p.data_type IN ('TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS') THEN 'TIMESTAMP_NTZ'
        ELSE p.data_type END AS DATA_TYPE,
    CASE
        WHEN p.data_type IN ('INTEGER', 'SMALLINT', 'TINYINT', 'HUGEINT', 'UBIGINT', 'UINTEGER', 'USMALLINT',
            'UTINYINT', 'UHUGEINT') THEN 38 ELSE p.numeric_precision END AS NUMERIC_PRECISION,
    CASE
        WHEN p.data_type IN ('INTEGER', 'SMALLINT', 'TINYINT', 'HUGEINT', 'UBIGINT', 'UINTEGER', 'USMALLINT',
            'UTINYINT', 'UHUGEINT', 'BIGINT', 'NUMBER') THEN coalesce(p.numeric_scale, 0) ELSE p.numeric_scale
        END AS NUMERIC_SCALE,
    CASE WHEN p.data_type = 'TEXT' THEN coalesce(p.character_maximum_length, 16777216) END AS CHARACTER_MAXIMUM_LENGTH,
    CASE WHEN p.data_type = 'TEXT' THEN coalesce(p.character_octet_length, 16777216) END AS CHARACTER_OCTET_LENGTH,
    n.comment AS COMMENT)
FROM _fs_global._fs_information_schema._fs_plain_columns AS p
LEFT JOIN _fs_global.main.column_notes AS n
    ON n.database_name = p.table_catalog AND n.schema_name = p.table_schema AND n.table_name = p.table_name
    AND n.column_name = p.column_name;

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_show_tables AS
SELECT p.* REPLACE (
    coalesce(n.created_on, p.created_on) AS created_on, coalesce(n.comment, '') AS comment,
    coalesce(t.estimated_size, 0) AS rows, coalesce(n.owner, p.owner) AS owner)
FROM _fs_global._fs_information_schema._fs_plain_show_tables AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'TABLE' AND n.database_name = p.database_name AND n.schema_name = p.schema_name AND n.name = p.name
LEFT JOIN duckdb_tables() AS t
    ON t.database_name = p.database_name AND t.schema_name = p.schema_name AND t.table_name = p.name
WHERE p.database_name <> '_fs_global';

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_show_objects AS
SELECT p.* REPLACE (
    coalesce(n.created_on, p.created_on) AS created_on, coalesce(n.comment, '') AS comment,
    coalesce(t.estimated_size, 0) AS rows, coalesce(n.owner, p.owner) AS owner)
FROM _fs_global._fs_information_schema._fs_plain_show_objects AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = p.kind AND n.database_name = p.database_name AND n.schema_name = p.schema_name AND n.name = p.name
LEFT JOIN duckdb_tables() AS t
    ON t.database_name = p.database_name AND t.schema_name = p.schema_name AND t.table_name = p.name
WHERE p.database_name <> '_fs_global';

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_show_views AS
SELECT p.* REPLACE (
    coalesce(n.created_on, p.created_on) AS created_on, coalesce(n.comment, '') AS comment,
    coalesce(n.text, '') AS text, coalesce(n.owner, p.owner) AS owner)
FROM _fs_global._fs_information_schema._fs_plain_show_views AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'VIEW' AND n.database_name = p.database_name AND n.schema_name = p.schema_name AND n.name = p.name
WHERE p.database_name <> '_fs_global';

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_show_schemas AS
SELECT coalesce(n.created_on, p.created_on) AS created_on, CASE p.name WHEN 'information_schema'
    THEN 'INFORMATION_SCHEMA' ELSE p.name END AS name, 'N' AS is_default, 'N' AS is_current, p.database_name,
    coalesce(n.owner, '') AS owner, coalesce(n.comment, '') AS comment, '' AS options, '1' AS retention_time,
    'ROLE' AS owner_role_type
FROM _fs_global._fs_information_schema._fs_plain_show_schemas AS p
LEFT JOIN _fs_global.main.notes AS n
    ON n.kind = 'SCHEMA' AND n.database_name = p.database_name AND n.schema_name = p.name
ORDER BY p.database_name, p.name;

CREATE OR REPLACE VIEW _fs_global._fs_information_schema._fs_show_databases AS
SELECT p.* REPLACE (
    coalesce(n.created_on, p.created_on) AS created_on, coalesce(n.comment, '') AS comment,
    coalesce(n.owner, p.owner) AS owner)
FROM _fs_global._fs_information_schema._fs_plain_show_databases AS p
LEFT JOIN _fs_global.main.notes AS n ON n.kind = 'DATABASE' AND n.database_name = p.name
WHERE p.name NOT IN ('system', 'temp');
