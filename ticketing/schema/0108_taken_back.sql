-- Letters of an answer that was taken back: its text went back to who wrote it, and nothing sends them again.
-- ticketing/outbox_desk
ALTER TABLE outbox
  ADD COLUMN IF NOT EXISTS is_taken_back TINYINT NOT NULL DEFAULT 0;
UPDATE outbox JOIN message ON message.id = outbox.message_id
  SET outbox.is_taken_back = 1
  WHERE outbox.state = 8 AND outbox.class = 0 AND message.direction = 2;
