-- Words by which the site judges the mood of letters, beside or instead of those that everybody has: a row a kind.
CREATE TABLE IF NOT EXISTS mood_words (
  kind TINYINT NOT NULL PRIMARY KEY,
  words MEDIUMTEXT NOT NULL
) ENGINE=InnoDB;
