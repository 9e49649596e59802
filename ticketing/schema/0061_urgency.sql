-- Urgency is an instant: lists that begin with the earliest show what is due first, and priorities that age (ticket.h).
ALTER TABLE ticket
  ADD COLUMN IF NOT EXISTS waiting_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS due_at BIGINT NULL,
  ADD COLUMN IF NOT EXISTS urgency_at BIGINT NOT NULL DEFAULT 0;

-- Numbers as in pn_ticket_urgency (): patience by priority (7 d, 3 d, 1 d, 4 h), 30 d more where nobody waits.
UPDATE ticket
  SET waiting_at = IF(status < 4 AND customer_at > COALESCE(agent_at, 0), customer_at, NULL),
    urgency_at = IF(status < 4 AND customer_at > COALESCE(agent_at, 0), customer_at, updated_at + 2592000000000)
      + ELT(priority + 1, 604800000000, 259200000000, 86400000000, 14400000000)
  WHERE urgency_at = 0;

CREATE INDEX IF NOT EXISTS ticket_urgency ON ticket (status, urgency_at, id);
CREATE INDEX IF NOT EXISTS ticket_queue_urgency ON ticket (queue_id, status, urgency_at, id);
CREATE INDEX IF NOT EXISTS ticket_assignee_urgency ON ticket (assignee_id, status, urgency_at, id);
