/** Words of a finished run's output: text that compresses as such text does, not as one letter repeated. */
const WORDS =
  'the run opened record patient account total balance claim number approved page table found value next form field entry date amount paid invoice line item closed saved checked result'.split(
    ' ',
  );

/** Always the same numbers, so that two estimates are the same. */
function* numbers(): Generator<number> {
  for (let state = 1; ; state = (state * 48_271) % 0x7fffffff) yield state;
}

/** A `run_complete` whose body has about `bytes` bytes. */
export function sampleBody(bytes: number): Buffer {
  const random = numbers();
  const next = () => random.next().value as number;
  const word = () => WORDS[next() % WORDS.length] as string;
  const run = {
    id: 'c0ffee00-0000-4000-8000-000000000001',
    workflow_id: 'c0ffee00-0000-4000-8000-000000000002',
    machine_id: 'c0ffee00-0000-4000-8000-000000000003',
    status: 'success',
    created_at: '2026-01-01T00:00:00.000Z',
    ended_at: '2026-01-01T00:01:00.000Z',
    output_data: { summary: 'done', records: [] as string[] },
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
    run.output_data.records.push(record);
    size += record.length + 3;
  }
  return Buffer.from(JSON.stringify(event));
}
