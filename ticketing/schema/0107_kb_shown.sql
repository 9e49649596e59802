-- Since when readers have an article as it stands: since its text was changed, or since it became public, whichever was
-- later. kb/article_public
ALTER TABLE kb_article
  ADD COLUMN IF NOT EXISTS shown_at BIGINT AS (GREATEST(updated_at, COALESCE(published_at, 0))) PERSISTENT,
  ADD KEY IF NOT EXISTS kb_article_shown (shown_at, id);
