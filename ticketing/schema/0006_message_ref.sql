-- Message-IDs that a mail names in References or In-Reply-To, as far as they led it nowhere when it was filed: an answer
-- may overtake what it answers, and two may answer a mail that never came here.
CREATE TABLE IF NOT EXISTS message_ref (
  ref_hash BINARY(32) NOT NULL,
  message_id BIGINT NOT NULL,
  PRIMARY KEY (ref_hash, message_id)
) ENGINE=InnoDB;
