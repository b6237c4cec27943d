-- Snowflake functions that the engine lacks or does otherwise, as macros of the always attached database.
-- Arrays and objects are stored as JSON text; a list of JSON values is what the engine can work on.
-- Params: none

CREATE OR REPLACE MACRO _fs_global.main._sf_list(arr) AS CAST(to_json(arr) AS JSON[]);

-- An object of some keys of `obj` and of more entries. The objects stand in a subquery of their own, because the
-- engine takes no subquery inside a lambda, and an argument can be one.
CREATE OR REPLACE MACRO _fs_global.main._sf_object_of(obj, names, more) AS
    CAST('{' || array_to_string(list_concat(list_transform(names, lambda key:
        CAST(to_json(key) AS VARCHAR) || ':' ||
        CAST(json_extract(obj, '/' || replace(replace(key, '~', '~0'), '/', '~1')) AS VARCHAR)), more), ',') || '}'
    AS JSON);

CREATE OR REPLACE MACRO _fs_global.main._sf_object_insert(obj, k, v, flag) AS (
    SELECT CASE
        WHEN o IS NULL THEN NULL
        WHEN NOT flag AND list_contains(json_keys(o), name) THEN error('Duplicate field key "' || name || '"')
        ELSE _fs_global.main._sf_object_of(o, list_filter(json_keys(o), lambda key: key <> name), CASE
            WHEN added IS NULL THEN []
            ELSE [CAST(to_json(name) AS VARCHAR) || ':' || CAST(added AS VARCHAR)] END)
        END
    FROM (SELECT to_json(obj) AS o, k AS name, to_json(v) AS added) AS s);

CREATE OR REPLACE MACRO _fs_global.main._sf_object_delete(obj, unwanted) AS (
    SELECT _fs_global.main._sf_object_of(o, list_filter(json_keys(o), lambda key: NOT list_contains(w, key)), [])
    FROM (SELECT to_json(obj) AS o, unwanted AS w) AS s);

CREATE OR REPLACE MACRO _fs_global.main._sf_object_pick(obj, wanted) AS (
    SELECT _fs_global.main._sf_object_of(o, list_filter(json_keys(o), lambda key: list_contains(w, key)), [])
    FROM (SELECT to_json(obj) AS o, wanted AS w) AS s);

CREATE OR REPLACE MACRO _fs_global.main._sf_object_keys(obj) AS to_json(json_keys(obj));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_append(arr, v) AS
    to_json(list_append(_fs_global.main._sf_list(arr), to_json(v)));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_prepend(arr, v) AS
    to_json(list_prepend(to_json(v), _fs_global.main._sf_list(arr)));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_concat(arr, other) AS
    to_json(list_concat(_fs_global.main._sf_list(arr), _fs_global.main._sf_list(other)));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_compact(arr) AS
    to_json(list_filter(_fs_global.main._sf_list(arr), lambda e: e IS NOT NULL AND e <> 'null'::JSON));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_distinct(arr) AS
    to_json(list_filter(_fs_global.main._sf_list(arr), lambda e, i:
        list_position(_fs_global.main._sf_list(arr), e) = i));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_sort(arr) AS to_json(list_sort(_fs_global.main._sf_list(arr)));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_slice(arr, a, b) AS
    to_json(list_slice(_fs_global.main._sf_list(arr),
        CASE WHEN a < 0 THEN greatest(len(_fs_global.main._sf_list(arr)) + a, 0) ELSE a END + 1,
        CASE WHEN b < 0 THEN len(_fs_global.main._sf_list(arr)) + b ELSE b END));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_position(arr, v) AS
    list_position(_fs_global.main._sf_list(arr), to_json(v)) - 1;

CREATE OR REPLACE MACRO _fs_global.main._sf_array_size(arr) AS
    CASE WHEN json_type(to_json(arr)) = 'ARRAY' THEN json_array_length(to_json(arr)) END;

CREATE OR REPLACE MACRO _fs_global.main._sf_array_contains(arr, v) AS
    list_contains(_fs_global.main._sf_list(arr), to_json(v));

CREATE OR REPLACE MACRO _fs_global.main._sf_array_to_string(arr, sep) AS
    array_to_string(list_transform(_fs_global.main._sf_list(arr), lambda e: coalesce(e ->> '$', '')), sep);

CREATE OR REPLACE MACRO _fs_global.main._sf_array_intersect(arr, other) AS
    to_json(list_filter(_fs_global.main._sf_list(arr), lambda e: list_contains(_fs_global.main._sf_list(other), e)));

CREATE OR REPLACE MACRO _fs_global.main._sf_typeof(v) AS
    CASE json_type(to_json(v))
        WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER'
        WHEN 'HUGEINT' THEN 'INTEGER' WHEN 'DOUBLE' THEN 'DECIMAL' ELSE json_type(to_json(v)) END;

CREATE OR REPLACE MACRO _fs_global.main._sf_to_object(v) AS
    CASE WHEN json_type(v) = 'OBJECT' THEN v ELSE error('Failed to cast variant value to OBJECT') END;

CREATE OR REPLACE MACRO _fs_global.main._sf_to_array(v) AS
    CASE WHEN json_type(to_json(v)) = 'ARRAY' THEN to_json(v) ELSE to_json([to_json(v)]) END;

-- The value as text if its JSON type is among `kinds`, else NULL: the AS_… functions.
CREATE OR REPLACE MACRO _fs_global.main._sf_as_type(v, kinds) AS
    CASE WHEN list_contains(kinds, json_type(to_json(v))) THEN to_json(v) ->> '$' END;

CREATE OR REPLACE MACRO _fs_global.main._sf_strip_null(v) AS
    CASE WHEN json_type(to_json(v)) = 'NULL' THEN NULL ELSE v END;

CREATE OR REPLACE MACRO _fs_global.main._sf_try_timestamp(v) AS TRY_CAST(CAST(v AS VARCHAR) AS TIMESTAMP);

-- A VARIANT that holds a string becomes the string without its quotes; moments and numbers are written as Snowflake's
-- default output formats say.
CREATE OR REPLACE MACRO _fs_global.main._sf_text(v) AS CASE typeof(v)
    WHEN 'JSON' THEN TRY_CAST(CAST(v AS VARCHAR) AS JSON) ->> '$'
    WHEN 'TIMESTAMP' THEN strftime(TRY_CAST(CAST(v AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
    WHEN 'TIMESTAMP WITH TIME ZONE' THEN
        strftime(TRY_CAST(CAST(v AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g ')
        || rpad(strftime(TRY_CAST(CAST(v AS VARCHAR) AS TIMESTAMPTZ), '%z'), 5, '0')
    WHEN 'DOUBLE' THEN regexp_replace(CAST(v AS VARCHAR), '\.0$', '')
    ELSE CAST(v AS VARCHAR) END;

-- Snowflake's HASH is a signed number of 64 bits.
CREATE OR REPLACE MACRO _fs_global.main._sf_signed(h) AS CAST(CAST(h AS HUGEINT) - 9223372036854775808 AS BIGINT);

CREATE OR REPLACE MACRO _fs_global.main._sf_width_bucket(v, low, high, n) AS
    CASE WHEN v < low THEN 0 WHEN v >= high THEN n + 1
        ELSE CAST(floor((v - low) * n / (high - low)) AS BIGINT) + 1 END;

-- Calendar arithmetic: a DATE stays a DATE; timestamps stay timestamps; text becomes a timestamp.
CREATE OR REPLACE MACRO _fs_global.main._sf_dateadd_year
    (n, x DATE) AS CAST(x + CAST(round(n) AS BIGINT) * INTERVAL 1 year AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 year,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 year,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 1 year;

CREATE OR REPLACE MACRO _fs_global.main._sf_dateadd_quarter
    (n, x DATE) AS CAST(x + CAST(round(n) AS BIGINT) * INTERVAL 3 month AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 3 month,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 3 month,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 3 month;

CREATE OR REPLACE MACRO _fs_global.main._sf_dateadd_month
    (n, x DATE) AS CAST(x + CAST(round(n) AS BIGINT) * INTERVAL 1 month AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 month,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 month,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 1 month;

CREATE OR REPLACE MACRO _fs_global.main._sf_dateadd_week
    (n, x DATE) AS CAST(x + CAST(round(n) AS BIGINT) * INTERVAL 7 day AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 7 day,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 7 day,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 7 day;

CREATE OR REPLACE MACRO _fs_global.main._sf_dateadd_day
    (n, x DATE) AS CAST(x + CAST(round(n) AS BIGINT) * INTERVAL 1 day AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 day,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 day,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 1 day;

CREATE OR REPLACE MACRO _fs_global.main._sf_date_trunc
    (n, x DATE) AS CAST(date_trunc(n, x) AS DATE),
    (n, x TIMESTAMP) AS date_trunc(n, x),
    (n, x TIMESTAMPTZ) AS date_trunc(n, x),
    (n, x VARCHAR) AS date_trunc(n, CAST(x AS TIMESTAMP));

-- The last day of a month goes to the last day of the other.
CREATE OR REPLACE MACRO _fs_global.main._sf_add_months
    (n, x DATE) AS CAST(CASE WHEN last_day(x) = x THEN last_day(x + CAST(round(n) AS BIGINT) * INTERVAL 1 month)
        ELSE x + CAST(round(n) AS BIGINT) * INTERVAL 1 month END AS DATE),
    (n, x TIMESTAMP) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 month,
    (n, x TIMESTAMPTZ) AS x + CAST(round(n) AS BIGINT) * INTERVAL 1 month,
    (n, x VARCHAR) AS CAST(x AS TIMESTAMP) + CAST(round(n) AS BIGINT) * INTERVAL 1 month;

-- The places of a NUMBER, a constant of the expression's type; 0 of whole numbers.
CREATE OR REPLACE MACRO _fs_global.main._sf_places(v) AS
    CAST(coalesce(nullif(regexp_extract(typeof(v), ',(\d+)\)', 1), ''), '0') AS INTEGER);

-- Never computed; its type is the quotient's: six more places than the dividend, at most twelve unless it has more
-- itself; a FLOAT when either is one.
CREATE OR REPLACE MACRO _fs_global.main._sf_quotient_type(a, b) AS round(
    a * CAST(0 AS DECIMAL(38, 6)) * round(b),
    greatest(least(_fs_global.main._sf_places(a) + 6, 12), _fs_global.main._sf_places(a)));

-- The same of a whole number by another that is not 0, which is a tenth of the work for whoever reads the statement.
CREATE OR REPLACE MACRO _fs_global.main._sf_quotient_of_whole(a, b) AS
    CAST(a // b AS DECIMAL(38, 6)) + CAST((a % b) / b AS DECIMAL(38, 6));

CREATE OR REPLACE MACRO _fs_global.main._sf_quotient_of_quotients(a, b) AS
    cast_to_type(a / b, _fs_global.main._sf_quotient_type(a, b));

-- The engine divides as FLOAT, which has sixteen digits: so the whole part is taken first and the rest divided anew.
-- What is too large for that is as exact as a FLOAT.
CREATE OR REPLACE MACRO _fs_global.main._sf_quotient(a, b) AS CASE
    WHEN typeof(a) <> 'DOUBLE' AND typeof(b) <> 'DOUBLE' AND abs(a / nullif(b, 0)) < 1e25 AND abs(a) < 1e25 THEN
        cast_to_type(CAST(trunc(a / b) AS DECIMAL(38, 0)), _fs_global.main._sf_quotient_type(a, b))
        + cast_to_type((a - CAST(trunc(a / b) AS DECIMAL(38, 0)) * b) / b, _fs_global.main._sf_quotient_type(a, b))
    ELSE cast_to_type(a / b, _fs_global.main._sf_quotient_type(a, b)) END;

-- A cast to VARCHAR(n) or BINARY(n) of what is longer is an error; TRY_CAST answers NULL.
CREATE OR REPLACE MACRO _fs_global.main._sf_length(v) AS
    CASE WHEN typeof(v) = 'BLOB' THEN length(hex(v)) // 2 ELSE length(CAST(v AS VARCHAR)) END;
CREATE OR REPLACE MACRO _fs_global.main._sf_fit(v, n) AS
    CASE WHEN _fs_global.main._sf_length(v) > n THEN error('String ''' || CAST(v AS VARCHAR) || ''' is too long')
    ELSE v END;
CREATE OR REPLACE MACRO _fs_global.main._sf_try_fit(v, n) AS
    CASE WHEN _fs_global.main._sf_length(v) <= n THEN v END;

-- TRY_CAST to a whole number: what is one, but does not fit 64 bits, is said and not answered as NULL.
CREATE OR REPLACE MACRO _fs_global.main._sf_try_whole(v) AS
    CASE WHEN TRY_CAST(v AS BIGINT) IS NULL AND TRY_CAST(v AS HUGEINT) IS NOT NULL THEN CAST(v AS BIGINT)
    ELSE TRY_CAST(v AS BIGINT) END;

-- Names as Snowflake writes a list of them.
CREATE OR REPLACE MACRO _fs_global.main._sf_names_as_text(names) AS
    '[ ' || array_to_string(list_transform(names, lambda n: '"' || n || '"'), ', ') || ' ]';
