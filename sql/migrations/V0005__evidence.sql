-- What each attempt took and cost, beside what became of it.
ALTER TABLE job_results ADD COLUMN IF NOT EXISTS start_s FLOAT;
ALTER TABLE job_results ADD COLUMN IF NOT EXISTS pull_s FLOAT;
ALTER TABLE job_results ADD COLUMN IF NOT EXISTS run_s FLOAT;
ALTER TABLE job_results ADD COLUMN IF NOT EXISTS peak_memory_mb NUMBER(12, 1);
ALTER TABLE job_results ADD COLUMN IF NOT EXISTS cost_usd NUMBER(18, 6);
