-- Which memory each report type needs, by what its jobs used.
-- Sizes and their CPU: ECS developer guide, Fargate task CPU and memory, as contract.resources has them up to 30 GiB.
CREATE OR REPLACE VIEW rightsizing
    COPY GRANTS
    COMMENT = 'One row per report type: the memory its tasks have, the most they used within 30 days, and the smallest Fargate size with a quarter to spare. A person changes the definition.'
AS
WITH sizes AS (
    SELECT 512 AS memory_mb, 256 AS cpu
    UNION ALL SELECT 1024, 256
    UNION ALL SELECT 2048, 256
    UNION ALL SELECT 3072, 512
    UNION ALL SELECT 4096, 512
    UNION ALL SELECT 6144, 1024
    UNION ALL SELECT 8192, 1024
    UNION ALL SELECT 12288, 2048
    UNION ALL SELECT 16384, 2048
    UNION ALL SELECT 24576, 4096
    UNION ALL SELECT 30720, 4096
),
used AS (
    SELECT
        report_type,
        COUNT(*) AS jobs,
        MAX_BY(memory_mb, finished_at) AS memory_mb,
        MAX_BY(cpu, finished_at) AS cpu,
        MAX(peak_memory_mb) AS most_used_mb,
        COUNT_IF(failure_class = 'OUT_OF_MEMORY') AS out_of_memory
    FROM job_history
    WHERE finished_at >= DATEADD('day', -30, SYSDATE()) AND memory_mb IS NOT NULL
    GROUP BY report_type
),
fitting AS (
    SELECT u.report_type, MIN(s.memory_mb) AS fitting_mb, MIN_BY(s.cpu, s.memory_mb) AS fitting_cpu
    FROM used AS u
    JOIN sizes AS s ON s.memory_mb >= GREATEST(u.most_used_mb * 1.25, IFF(u.out_of_memory > 0, u.memory_mb + 1, 0))
    GROUP BY u.report_type
)
SELECT
    u.report_type,
    u.jobs,
    u.cpu,
    u.memory_mb,
    u.most_used_mb,
    u.out_of_memory,
    GREATEST(u.cpu, f.fitting_cpu) AS recommended_cpu,
    f.fitting_mb AS recommended_memory_mb,
    CASE
        WHEN u.most_used_mb IS NULL THEN 'No job told its memory.'
        WHEN u.jobs < 5 THEN 'Too few jobs to tell: fewer than five within 30 days.'
        WHEN f.fitting_mb > u.memory_mb THEN 'Give it more memory: it came close to its limit, or met it.'
        WHEN f.fitting_mb < u.memory_mb THEN 'It can do with less memory.'
        ELSE 'It fits.'
    END AS advice
FROM used AS u
LEFT JOIN fitting AS f ON f.report_type = u.report_type;
