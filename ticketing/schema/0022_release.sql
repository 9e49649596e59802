-- Held mail that a lead released: whether its sender, who may be forged, may get automatic letters.
ALTER TABLE spool ADD COLUMN IF NOT EXISTS may_answer TINYINT NOT NULL DEFAULT 0;
