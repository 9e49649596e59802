-- Teams: who answers for which queues, who leads, who is called first; and where the staff is.
CREATE TABLE IF NOT EXISTS team (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  title VARCHAR(200) NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE KEY team_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS team_queue (
  team_id BIGINT NOT NULL,
  queue_id BIGINT NOT NULL,
  PRIMARY KEY (team_id, queue_id),
  KEY queue_team (queue_id, team_id)
) ENGINE=InnoDB;

-- on_call: the place in the order of calling, from 1; NULL: is never called. calendar_id: only in these hours.
CREATE TABLE IF NOT EXISTS team_member (
  team_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  is_lead TINYINT NOT NULL DEFAULT 0,
  on_call INT NULL,
  calendar_id BIGINT NULL,
  PRIMARY KEY (team_id, agent_id),
  KEY member_agent (agent_id, team_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS presence (
  agent_id BIGINT NOT NULL PRIMARY KEY,
  state TINYINT NOT NULL,
  until BIGINT NULL,
  set_at BIGINT NOT NULL
) ENGINE=InnoDB;
