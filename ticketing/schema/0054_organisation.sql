-- Organisations: whom the persons belong to, by the domain of an address or by hand (domain is NULL then).
-- What is in organisation_sweep is a domain whose persons are to be placed anew, up to which address that was done.
CREATE TABLE IF NOT EXISTS organisation (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(200) NOT NULL,
  service_level VARCHAR(32) NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE KEY organisation_name (name),
  KEY organisation_level (service_level, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS organisation_domain (
  domain VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  organisation_id BIGINT NOT NULL,
  KEY domain_organisation (organisation_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS organisation_person (
  person_id BIGINT NOT NULL PRIMARY KEY,
  organisation_id BIGINT NOT NULL,
  domain VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  KEY person_organisation (organisation_id, person_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS organisation_sweep (
  domain VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  after_address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  round BIGINT NOT NULL DEFAULT 0
) ENGINE=InnoDB;

-- Who writes from a domain: asked when an organisation is given one.
ALTER TABLE address
  ADD COLUMN IF NOT EXISTS domain VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    AS (SUBSTRING_INDEX(address, '@', -1)) VIRTUAL;
CREATE INDEX IF NOT EXISTS address_domain ON address (domain, address);
