-- Since when the base may answer again, after it was switched off: what happened before is not held against it.
ALTER TABLE kb_trust ADD COLUMN IF NOT EXISTS on_at BIGINT NULL;
