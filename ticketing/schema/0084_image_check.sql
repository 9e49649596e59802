-- When it was last looked whether anything shows the picture: kb/image sweeps those that nothing does.
ALTER TABLE kb_image ADD COLUMN IF NOT EXISTS checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS kb_image_checked ON kb_image (checked_at, name);
