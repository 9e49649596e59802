-- The help centre: pictures of articles and who uses them, links that lead nowhere, how much is read, what categories are
-- called in other languages. The score of kb_read grows by e^(time / 30 days) a reading, so that the old counts less and
-- nothing is ever recounted.
CREATE TABLE IF NOT EXISTS kb_image (
  name VARCHAR(40) COLLATE ascii_bin NOT NULL PRIMARY KEY,
  sha BINARY(32) NOT NULL,
  type VARCHAR(40) NOT NULL,
  size_bytes BIGINT NOT NULL,
  label VARCHAR(200) NOT NULL,
  created_at BIGINT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_image_use (
  article_id BIGINT NOT NULL,
  name VARCHAR(40) COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (article_id, name),
  KEY kb_image_use_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_link (
  article_id BIGINT NOT NULL,
  position INT NOT NULL,
  address VARCHAR(1000) NOT NULL,
  target_id BIGINT NULL,
  PRIMARY KEY (article_id, position),
  KEY kb_link_target (target_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_read (
  article_id BIGINT NOT NULL PRIMARY KEY,
  readings BIGINT NOT NULL,
  score DOUBLE NOT NULL,
  KEY kb_read_score (score)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_category_title (
  category_id BIGINT NOT NULL,
  language VARCHAR(16) NOT NULL,
  title VARCHAR(190) NOT NULL,
  PRIMARY KEY (category_id, language)
) ENGINE=InnoDB;
