-- Since when the mailed links of an address are good again: all that were made before are not.
CREATE TABLE IF NOT EXISTS link_revoked (
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  revoked_at BIGINT NOT NULL
) ENGINE=InnoDB;
