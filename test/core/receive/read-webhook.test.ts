import { expect, it } from 'vitest';
import { parseJson, readWebhook } from '../../../lambda/core/receive/read-webhook.ts';
import { isTerminal } from '../../../lambda/cyberdesk/run-status.ts';

const run = { id: 'run-1', workflow_id: 'workflow-1', status: 'success' };
const envelope = { event_id: 'event-1', event_type: 'run_complete', run };

it('a webhook needs only three fields to be actionable', () => {
  expect(readWebhook({ run })).toEqual({
    kind: 'actionable',
    eventId: undefined,
    facts: { type: 'run_complete', run_id: 'run-1', workflow_id: 'workflow-1', status: 'success' },
  });
});

it('the event id and the end of the run are read if present', () => {
  const reading = readWebhook({ ...envelope, run: { ...run, ended_at: '2026-11-25T10:00:00Z' } });
  expect(reading).toMatchObject({
    eventId: 'event-1',
    facts: { ended_at: Date.parse('2026-11-25T10:00:00Z') },
  });
});

it.each(['success', 'error', 'task_failed', 'cancelled'])(
  'a webhook about a run with status %s is actionable',
  (status) => {
    expect(readWebhook({ ...envelope, run: { ...run, status } }).kind).toBe('actionable');
    expect(isTerminal(status)).toBe(true);
  },
);

it('a webhook may have new, absent and null fields', () => {
  const odd = { ...run, ended_at: null, output_data: null, tomorrow: { x: [1] }, error: 'text' };
  expect(readWebhook({ event_id: null, event_type: null, run: odd, more: 1 }).kind).toBe('actionable');
});

it.each([
  ['scheduling', 'not_terminal'],
  ['running', 'not_terminal'],
  ['running_checks', 'not_terminal'],
  ['paused', 'unknown_status'],
  ['timed out', 'unknown_status'],
])('a webhook about a run with status %s is ignored as %s', (status, reason) => {
  expect(readWebhook({ ...envelope, run: { ...run, status } })).toMatchObject({
    kind: 'ignored',
    reason,
  });
});

it.each(['run complete', 5, {}, ''])(
  'a webhook of type %j, which no rule can name, is ignored',
  (event_type) => {
    expect(readWebhook({ ...envelope, event_type })).toMatchObject({
      kind: 'ignored',
      reason: 'unknown_event_type',
    });
  },
);

it('a webhook of a type that is not known is kept for the rules, and listed with the run that it names', () => {
  expect(readWebhook({ ...envelope, event_type: 'run_archived' })).toMatchObject({
    kind: 'actionable',
    facts: { type: 'run_archived', run_id: 'run-1', status: 'success' },
  });
});

it.each([[undefined], ['none'], [[{}]], [[null]], [[{ machine_id: 7 }]]])(
  'a webhook about the machines %j is unprocessable, because no rule could act on it',
  (machines) => {
    expect(readWebhook({ event_type: 'downed_machines', machines })).toMatchObject({
      kind: 'unprocessable',
      reason: 'missing_fields',
    });
  },
);

it('a webhook about machines needs nothing but their ids', () => {
  const machines = [{ machine_id: 'machine-1', status: 'of tomorrow' }];

  expect(readWebhook({ event_type: 'downed_machines', machines })).toMatchObject({
    kind: 'actionable',
    facts: { type: 'downed_machines', machine_ids: ['machine-1'] },
  });
});

it.each([
  [{}],
  [[]],
  [null],
  ['text'],
  [5],
  [[envelope]],
  [{ run: null }],
  [{ run: [] }],
  [{ run: { ...run, id: undefined } }],
  [{ run: { ...run, id: '' } }],
  [{ run: { ...run, id: 7 } }],
  [{ run: { ...run, id: 'with space' } }],
  [{ run: { ...run, id: 'x'.repeat(129) } }],
  [{ run: { ...run, workflow_id: null } }],
  [{ run: { ...run, status: '' } }],
  [{ run: { ...run, status: 'x'.repeat(65) } }],
  [{ run: { ...run, status: null } }],
])('the payload %j is unprocessable', (payload) => {
  expect(readWebhook(payload)).toMatchObject({ kind: 'unprocessable', reason: 'missing_fields' });
});

it('a body that is not JSON is unprocessable', () => {
  expect(readWebhook(undefined)).toMatchObject({ kind: 'unprocessable', reason: 'not_json', facts: {} });
});

it('only printable event ids of 1 to 128 characters are used', () => {
  const idOf = (event_id: unknown) => readWebhook({ ...envelope, event_id }).eventId;

  expect(idOf('x'.repeat(128))).toBe('x'.repeat(128));
  expect(idOf('!~')).toBe('!~');

  for (const bad of ['', 'x'.repeat(129), 'a b', 'ä', 'a\n', '\u0000', 5, null, {}, undefined]) {
    expect(idOf(bad)).toBeUndefined();
  }
});

it('parseJson parses only valid UTF-8', () => {
  expect(parseJson(Buffer.from('{"ä":1}'))).toEqual({ ä: 1 });
  expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  expect(parseJson(Buffer.from('{'))).toBeUndefined();
  expect(parseJson(Buffer.from('null'))).toBeNull();
});
