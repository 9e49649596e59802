-- Writing articles: who looks after one and until when it holds, who may read it, what it translates, its earlier
-- versions, and a change to a published one that waits for a lead. State 2 was "internal" and is "review" from here on.
ALTER TABLE kb_article
  ADD COLUMN IF NOT EXISTS is_internal TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS owner VARCHAR(100) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS author VARCHAR(100) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS note VARCHAR(400) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS translation_of VARCHAR(190) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS translated_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS publish_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS published_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS review_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS reminded_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS is_checked TINYINT NOT NULL DEFAULT 0,
  ADD KEY IF NOT EXISTS kb_article_updated (updated_at, id),
  ADD KEY IF NOT EXISTS kb_article_language (language, id),
  ADD KEY IF NOT EXISTS kb_article_owner (owner, id),
  ADD KEY IF NOT EXISTS kb_article_translation (translation_of),
  ADD KEY IF NOT EXISTS kb_article_publish (publish_at, id),
  ADD KEY IF NOT EXISTS kb_article_review (review_at, id),
  ADD KEY IF NOT EXISTS kb_article_checked (is_checked, id);

UPDATE kb_article SET is_internal = 1, state = 1 WHERE state = 2;

CREATE TABLE IF NOT EXISTS kb_version (
  article_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  content LONGTEXT NOT NULL,
  author VARCHAR(100) NOT NULL,
  note VARCHAR(400) NOT NULL,
  replaced_at BIGINT NOT NULL,
  PRIMARY KEY (article_id, version)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_proposal (
  article_id BIGINT NOT NULL PRIMARY KEY,
  base_version BIGINT NOT NULL,
  content LONGTEXT NOT NULL,
  author VARCHAR(100) NOT NULL,
  note VARCHAR(400) NOT NULL,
  made_at BIGINT NOT NULL,
  KEY kb_proposal_made (made_at)
) ENGINE=InnoDB;
