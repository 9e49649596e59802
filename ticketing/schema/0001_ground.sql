-- The ground: raw mails and attachments by SHA-256, in chunks of 1 MiB. A row in blob means that all chunks are there.
CREATE TABLE IF NOT EXISTS `blob` (
  sha BINARY(32) NOT NULL PRIMARY KEY,
  size_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS blob_chunk (
  sha BINARY(32) NOT NULL,
  seq INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (sha, seq)
) ENGINE=InnoDB;
