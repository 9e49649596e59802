-- The knowledge base: articles, the questions each is known by, categories. kb_change holds one row: the number of
-- the last change and a name that tells this base from any other; whoever changes an article holds that row to its commit, so changes become visible in their order.
CREATE TABLE IF NOT EXISTS kb_change (
  id TINYINT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL,
  base VARCHAR(36) NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO kb_change (id, last, base) VALUES (1, 0, UUID());

CREATE TABLE IF NOT EXISTS kb_category (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(190) COLLATE utf8mb4_bin NOT NULL,
  position INT NOT NULL DEFAULT 0,
  UNIQUE KEY kb_category_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_article (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  external_id VARCHAR(190) COLLATE utf8mb4_bin NOT NULL,
  title VARCHAR(4000) NOT NULL,
  body MEDIUMTEXT NOT NULL,
  language VARCHAR(16) NOT NULL,
  category_id BIGINT NULL,
  state TINYINT NOT NULL,
  version BIGINT NOT NULL,
  change_no BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE KEY kb_article_external (external_id),
  KEY kb_article_change (change_no, id),
  KEY kb_article_category (category_id, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_question (
  article_id BIGINT NOT NULL,
  position INT NOT NULL,
  text VARCHAR(4000) NOT NULL,
  PRIMARY KEY (article_id, position)
) ENGINE=InnoDB;
