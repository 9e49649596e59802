-- The sweep of blobs: when the next one may begin, and what all of them freed. One row. ticketing/blob_sweep
CREATE TABLE IF NOT EXISTS blob_sweep (
  id TINYINT NOT NULL PRIMARY KEY,
  next_at BIGINT NOT NULL,
  finished_at BIGINT NULL,
  blobs BIGINT NOT NULL DEFAULT 0,
  size_bytes BIGINT NOT NULL DEFAULT 0
) ENGINE=InnoDB;

INSERT IGNORE INTO blob_sweep (id, next_at) VALUES (1, 0);
