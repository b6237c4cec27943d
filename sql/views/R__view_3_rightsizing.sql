-- Which memory each report type needs, by what its jobs used.
-- Sizes, CPU units and MiB: ECS developer guide, Fargate task CPU and memory; contract.resources has the same.
CREATE OR REPLACE VIEW rightsizing
    COPY GRANTS
    COMMENT = 'One row per report type: the memory its tasks have, the most they used within 30 days, and the smallest Fargate size with a quarter to spare. A person changes the definition.'
AS
WITH sizes AS (
    SELECT column1 AS cpu, column2 AS memory_mb
    FROM VALUES
        (256, 512), (256, 1024), (256, 2048),
        (512, 1024), (512, 2048), (512, 3072), (512, 4096),
        (1024, 2048), (1024, 3072), (1024, 4096), (1024, 5120), (1024, 6144), (1024, 7168),
        (1024, 8192),
        (2048, 4096), (2048, 5120), (2048, 6144), (2048, 7168), (2048, 8192), (2048, 9216),
        (2048, 10240), (2048, 11264), (2048, 12288), (2048, 13312), (2048, 14336), (2048, 15360),
        (2048, 16384),
        (4096, 8192), (4096, 9216), (4096, 10240), (4096, 11264), (4096, 12288), (4096, 13312),
        (4096, 14336), (4096, 15360), (4096, 16384), (4096, 17408), (4096, 18432), (4096, 19456),
        (4096, 20480), (4096, 21504), (4096, 22528), (4096, 23552), (4096, 24576), (4096, 25600),
        (4096, 26624), (4096, 27648), (4096, 28672), (4096, 29696), (4096, 30720),
        (8192, 16384), (8192, 20480), (8192, 24576), (8192, 28672), (8192, 32768), (8192, 36864),
        (8192, 40960), (8192, 45056), (8192, 49152), (8192, 53248), (8192, 57344), (8192, 61440),
        (16384, 32768), (16384, 40960), (16384, 49152), (16384, 57344), (16384, 65536), (16384, 73728),
        (16384, 81920), (16384, 90112), (16384, 98304), (16384, 106496), (16384, 114688), (16384, 122880)
),
-- Attempts that ran out, also of jobs that the next size cured: their rows tell the last attempt's size only.
ran_out AS (
    SELECT
        job_id,
        COUNT(DISTINCT attempt) AS attempts,
        MIN(detail:memory_mb::NUMBER) AS first_mb,
        MIN(detail:cpu::NUMBER) AS first_cpu,
        MAX(detail:memory_mb::NUMBER) AS too_small_mb
    FROM job_events
    WHERE event IN ('retry_planned', 'failed') AND detail:failure_class::STRING = 'OUT_OF_MEMORY'
    GROUP BY job_id
),
used AS (
    SELECT
        h.report_type,
        COUNT(*) AS jobs,
        MAX_BY(COALESCE(o.first_mb, h.memory_mb), h.finished_at) AS memory_mb,
        MAX_BY(COALESCE(o.first_cpu, h.cpu), h.finished_at) AS cpu,
        MAX(h.peak_memory_mb) AS most_used_mb,
        SUM(COALESCE(o.attempts, IFF(h.failure_class = 'OUT_OF_MEMORY', 1, 0))) AS out_of_memory,
        MAX(COALESCE(o.too_small_mb, IFF(h.failure_class = 'OUT_OF_MEMORY', h.memory_mb, NULL))) AS too_small_mb
    FROM job_history AS h
    LEFT JOIN ran_out AS o ON o.job_id = h.job_id
    WHERE h.finished_at >= DATEADD('day', -30, SYSDATE()) AND h.memory_mb IS NOT NULL
    GROUP BY h.report_type
),
fitting AS (
    SELECT u.report_type, s.memory_mb AS fitting_mb, s.cpu AS fitting_cpu
    FROM used AS u
    JOIN sizes AS s
        ON s.cpu >= COALESCE(u.cpu, 0)
        AND s.memory_mb >= GREATEST(COALESCE(u.most_used_mb, 0) * 1.25, COALESCE(u.too_small_mb + 1, 0))
    WHERE u.most_used_mb IS NOT NULL OR u.out_of_memory > 0
    QUALIFY ROW_NUMBER() OVER (PARTITION BY u.report_type ORDER BY s.memory_mb, s.cpu) = 1
)
SELECT
    u.report_type,
    u.jobs,
    u.cpu,
    u.memory_mb,
    u.most_used_mb,
    u.out_of_memory,
    f.fitting_cpu AS recommended_cpu,
    f.fitting_mb AS recommended_memory_mb,
    CASE
        WHEN u.most_used_mb IS NULL AND u.out_of_memory = 0 THEN 'No job told its memory.'
        WHEN u.too_small_mb >= (SELECT MAX(memory_mb) FROM sizes)
            THEN 'It ran out of the most memory that Fargate has: make it of fewer rows, or as several reports.'
        WHEN f.fitting_mb IS NULL THEN 'No size that Fargate has leaves a quarter to spare: take the largest, or make it of fewer rows.'
        WHEN u.out_of_memory > 0 AND f.fitting_mb > u.memory_mb
            THEN 'Give it more memory: ' || u.out_of_memory || IFF(u.out_of_memory = 1, ' attempt', ' attempts')
                || ' ran out of it.'
        WHEN u.jobs < 5 THEN 'Too few jobs to tell: fewer than five within 30 days.'
        WHEN f.fitting_mb > u.memory_mb THEN 'Give it more memory: it came close to its limit.'
        WHEN f.fitting_mb < u.memory_mb THEN 'It can do with less memory.'
        ELSE 'It fits.'
    END AS advice
FROM used AS u
LEFT JOIN fitting AS f ON f.report_type = u.report_type;
