-- Words that mean the same to this site's customers, a group a row.
CREATE TABLE IF NOT EXISTS kb_synonym (
  position INT NOT NULL PRIMARY KEY,
  words VARCHAR(1000) NOT NULL
) ENGINE=InnoDB;
