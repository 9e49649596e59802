-- The same file sent twice with a form, as a double click does, is one: digest is over its name and its bytes.
ALTER TABLE form_upload
  ADD COLUMN IF NOT EXISTS digest BINARY(32) NOT NULL DEFAULT '',
  ADD UNIQUE KEY IF NOT EXISTS upload_digest (form_key, digest);
