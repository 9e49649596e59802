-- The counts that every page of the desk shows are read from the index alone. ticketing/ticket_count
ALTER TABLE ticket
  DROP KEY IF EXISTS ticket_assignee,
  ADD KEY ticket_assignee (assignee_id, status, updated_at, id, queue_id, merged_into);
