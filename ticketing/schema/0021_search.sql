-- Words of tickets: an inverted index of our own terms, kept after filing in small batches.
CREATE TABLE IF NOT EXISTS search_term (
  term VARBINARY(48) NOT NULL,
  ticket_id BIGINT NOT NULL,
  PRIMARY KEY (term, ticket_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS search_pending (
  message_id BIGINT NOT NULL PRIMARY KEY,
  ticket_id BIGINT NOT NULL
) ENGINE=InnoDB;
