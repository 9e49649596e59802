-- How many tickets the next portion of a job takes: as many as fit into its time, by what the last ones took.
ALTER TABLE sla_job ADD COLUMN IF NOT EXISTS pace INT NOT NULL DEFAULT 50;
