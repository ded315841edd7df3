/** Words of a finished run's output: they compress like such text, unlike one repeated letter. */
const WORDS =
  'the run opened record patient account total balance claim number approved page table found value next form field entry date amount paid invoice line item closed saved checked result'.split(
    ' ',
  );

/** The same numbers each time, so that two estimates agree. */
function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    const value = state;
    state = (state * 48_271) % 0x7fffffff;
    return value;
  };
}

/** A `run_complete` whose body has about `bytes` bytes. */
export function sampleBody(bytes: number): Buffer {
  const next = pseudoRandom();
  const word = () => WORDS[next() % WORDS.length];
  const records: string[] = [];
  const run = {
    id: 'c0ffee00-0000-4000-8000-000000000001',
    workflow_id: 'c0ffee00-0000-4000-8000-000000000002',
    machine_id: 'c0ffee00-0000-4000-8000-000000000003',
    status: 'success',
    created_at: '2026-01-01T00:00:00.000Z',
    ended_at: '2026-01-01T00:01:00.000Z',
    output_data: { summary: 'done', records },
  };
  const event = {
    event_id: 'c0ffee00-0000-4000-8000-000000000004',
    event_type: 'run_complete',
    occurred_at: run.ended_at,
    run,
  };
  let size = JSON.stringify(event).length;
  while (size < bytes) {
    const record = `${word()} ${word()} ${word()} ${next()}`;
    records.push(record);
    size += record.length + 3;
  }
  return Buffer.from(JSON.stringify(event));
}
