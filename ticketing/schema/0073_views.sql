-- What business tools may read: views with names that stay, times in UTC, words instead of numbers. No secrets, no bodies
-- of messages. See postern-views(5).
CREATE OR REPLACE VIEW v_ticket AS
  SELECT f.ticket_id,
    t.subject,
    q.name AS queue,
    ELT(f.status + 1, 'new', 'open', 'waiting', 'on_hold', 'solved', 'closed') AS status,
    ELT(f.priority + 1, 'low', 'normal', 'high', 'urgent') AS priority,
    ELT(f.channel + 1, 'imap', 'pipe', 'form', 'api', 'desk', 'link') AS channel,
    a.login AS agent,
    m.name AS team,
    o.name AS organisation,
    p.name AS policy,
    f.person_id,
    TIMESTAMPADD(MICROSECOND, f.created_at, '1970-01-01 00:00:00') AS created_at,
    TIMESTAMPADD(MICROSECOND, f.responded_at, '1970-01-01 00:00:00') AS first_response_at,
    TIMESTAMPADD(MICROSECOND, f.first_solved_at, '1970-01-01 00:00:00') AS first_solved_at,
    TIMESTAMPADD(MICROSECOND, f.solved_at, '1970-01-01 00:00:00') AS solved_at,
    f.response_seconds,
    f.response_business_seconds,
    f.solve_seconds,
    f.solve_business_seconds,
    f.reopens,
    f.answers,
    f.questions
  FROM ticket_fact f
  JOIN ticket t ON t.id = f.ticket_id
  LEFT JOIN queue q ON q.id = f.queue_id
  LEFT JOIN agent a ON a.id = f.agent_id
  LEFT JOIN team m ON m.id = f.team_id
  LEFT JOIN organisation o ON o.id = f.organisation_id
  LEFT JOIN sla_policy p ON p.id = f.policy_id;

CREATE OR REPLACE VIEW v_tag AS
  SELECT ticket_id, tag FROM ticket_tag;

CREATE OR REPLACE VIEW v_message AS
  SELECT m.id AS message_id,
    m.ticket_id,
    ELT(m.direction + 1, 'in', 'out', 'note') AS direction,
    ELT(m.channel + 1, 'imap', 'pipe', 'form', 'api', 'desk', 'link') AS channel,
    a.login AS agent,
    m.person_id,
    TIMESTAMPADD(MICROSECOND, m.created_at, '1970-01-01 00:00:00') AS created_at
  FROM message m
  LEFT JOIN agent a ON a.id = m.agent_id;

CREATE OR REPLACE VIEW v_answer AS
  SELECT f.message_id,
    f.ticket_id,
    a.login AS agent,
    f.is_first,
    TIMESTAMPADD(MICROSECOND, f.waited_since, '1970-01-01 00:00:00') AS waited_since,
    TIMESTAMPADD(MICROSECOND, f.answered_at, '1970-01-01 00:00:00') AS answered_at,
    f.wait_seconds,
    f.wait_business_seconds
  FROM answer_fact f
  LEFT JOIN agent a ON a.id = f.agent_id;

CREATE OR REPLACE VIEW v_event AS
  SELECT e.id AS event_id,
    e.ticket_id,
    ELT(e.kind + 1, 'created', 'status', 'priority', 'queue', 'assignee', 'subject', 'tag', 'participant', 'link',
      'answer', 'delivery', 'security', 'loop', 'merge', 'rule', 'escalation', 'survey') AS kind,
    ELT(e.actor_kind + 1, 'system', 'agent', 'person', 'rule') AS actor,
    IF(e.actor_kind = 1, a.login, NULL) AS agent,
    e.old_value,
    e.new_value,
    TIMESTAMPADD(MICROSECOND, e.at, '1970-01-01 00:00:00') AS at
  FROM event e
  LEFT JOIN agent a ON a.id = e.actor_id;

CREATE OR REPLACE VIEW v_sla AS
  SELECT d.ticket_id,
    ELT(d.metric + 1, 'first_response', 'next_response', 'periodic_update', 'resolution') AS metric,
    d.round,
    ELT(d.state + 1, 'running', 'paused', 'met', 'missed', 'dropped') AS state,
    p.name AS policy,
    ELT(d.priority + 1, 'low', 'normal', 'high', 'urgent') AS priority,
    d.target DIV 1000000 AS target_seconds,
    TIMESTAMPADD(MICROSECOND, d.start_at, '1970-01-01 00:00:00') AS start_at,
    IF(d.due_at < 253402300800000000, TIMESTAMPADD(MICROSECOND, d.due_at, '1970-01-01 00:00:00'), NULL) AS due_at,
    TIMESTAMPADD(MICROSECOND, d.done_at, '1970-01-01 00:00:00') AS done_at
  FROM deadline d
  LEFT JOIN sla_policy p ON p.id = d.policy_id;

CREATE OR REPLACE VIEW v_survey AS
  SELECT s.id AS survey_id,
    s.ticket_id,
    s.person_id,
    ELT(s.state + 1, 'waiting', 'asked', 'answered', 'not_asked') AS state,
    s.reason,
    ELT(s.score, 'bad', 'okay', 'good') AS score,
    s.word,
    TIMESTAMPADD(MICROSECOND, s.asked_at, '1970-01-01 00:00:00') AS asked_at,
    TIMESTAMPADD(MICROSECOND, s.answered_at, '1970-01-01 00:00:00') AS answered_at
  FROM survey s;
