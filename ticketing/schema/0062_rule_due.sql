-- Deadlines that have passed and that rules were asked about.
CREATE TABLE IF NOT EXISTS rule_due (
  ticket_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  round INT NOT NULL,
  due_at BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, metric, round, due_at),
  KEY rule_due_at (due_at)
) ENGINE=InnoDB;
