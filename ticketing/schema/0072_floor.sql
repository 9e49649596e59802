-- The floor asks what has waited longest and what is due first, of unsolved tickets alone.
CREATE INDEX IF NOT EXISTS ticket_waiting ON ticket (waiting_at, id);
CREATE INDEX IF NOT EXISTS ticket_due ON ticket (due_at, id);
