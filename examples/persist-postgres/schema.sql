CREATE TABLE cyberdesk_runs (
  id uuid PRIMARY KEY,
  status text NOT NULL,
  output jsonb,
  ended_at timestamptz NOT NULL
);
