-- What readers say about an article: once a day each. The visitor is a keyed hash of the day and where they come from;
-- from one day to the next nobody can be known again.
CREATE TABLE IF NOT EXISTS kb_vote (
  article_id BIGINT NOT NULL,
  day INT NOT NULL,
  visitor BINARY(16) NOT NULL,
  is_helpful TINYINT NOT NULL,
  word VARCHAR(500) NOT NULL,
  voted_at BIGINT NOT NULL,
  PRIMARY KEY (article_id, day, visitor),
  KEY kb_vote_voted (article_id, voted_at)
) ENGINE=InnoDB;
