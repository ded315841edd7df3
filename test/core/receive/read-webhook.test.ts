import { describe, expect, it } from 'vitest';
import { parseJson, readWebhook } from '../../../lambda/core/receive/read-webhook.ts';
import { isTerminal } from '../../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../../lambda/cyberdesk/time.ts';

const run = { id: 'run-1', workflow_id: 'workflow-1', status: 'success' };
const envelope = { event_id: 'event-1', event_type: 'run_complete', run };

describe('readWebhook', () => {
  it('acts on three fields and nothing else', () => {
    expect(readWebhook({ run })).toEqual({
      kind: 'actionable',
      facts: { type: 'run_complete', runId: 'run-1', workflowId: 'workflow-1', status: 'success' },
    });
  });

  it('keeps id, type and end where they are there', () => {
    const reading = readWebhook({ ...envelope, run: { ...run, ended_at: '2026-11-25T10:00:00Z' } });
    expect(reading.facts).toMatchObject({ eventId: 'event-1', endedAt: Date.parse('2026-11-25T10:00:00Z') });
  });

  it.each(['success', 'error', 'task_failed', 'cancelled'])('acts on %s', (status) => {
    expect(readWebhook({ ...envelope, run: { ...run, status } }).kind).toBe('actionable');
    expect(isTerminal(status)).toBe(true);
  });

  it('tolerates new fields, nulls and absent ones', () => {
    const odd = { ...run, ended_at: null, output_data: null, tomorrow: { x: [1] }, error: 'text' };
    expect(readWebhook({ event_id: null, event_type: null, run: odd, more: 1 }).kind).toBe('actionable');
  });

  it.each([
    ['scheduling', 'not_terminal'],
    ['running', 'not_terminal'],
    ['running_checks', 'not_terminal'],
    ['paused', 'unknown_status'],
    ['timed out', 'unknown_status'],
  ])('ignores %s as %s', (status, reason) => {
    expect(readWebhook({ ...envelope, run: { ...run, status } })).toMatchObject({
      kind: 'ignored',
      reason,
    });
  });

  it.each(['downed_machines', 'run complete', 5, {}, ''])('ignores the type %j', (event_type) => {
    expect(readWebhook({ ...envelope, event_type })).toMatchObject({
      kind: 'ignored',
      reason: 'unknown_event_type',
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
  ])('keeps %j as unprocessable', (payload) => {
    expect(readWebhook(payload)).toMatchObject({ kind: 'unprocessable', reason: 'missing_fields' });
  });

  it('keeps what is no JSON', () => {
    expect(readWebhook(undefined)).toMatchObject({ kind: 'unprocessable', reason: 'not_json', facts: {} });
  });

  it('takes only printable ids of 1 to 128 characters', () => {
    const idOf = (event_id: unknown) => readWebhook({ ...envelope, event_id }).facts.eventId;
    expect(idOf('x'.repeat(128))).toBe('x'.repeat(128));
    expect(idOf('!~')).toBe('!~');
    for (const bad of ['', 'x'.repeat(129), 'a b', 'ä', 'a\n', '\u0000', 5, null, {}, undefined]) {
      expect(idOf(bad)).toBeUndefined();
    }
  });
});

describe('parseTime', () => {
  it('reads one moment in all its spellings', () => {
    const moment = Date.UTC(2026, 10, 25, 10, 0, 0, 123);
    for (const text of [
      '2026-11-25T10:00:00.123Z',
      '2026-11-25T10:00:00.123z',
      '2026-11-25T10:00:00.123456+00:00',
      '2026-11-25T11:00:00.123+01:00',
      '2026-11-25T11:00:00.123+0100',
      '2026-11-25T05:00:00.123-05:00',
      '2026-11-25T10:00:00.123999',
    ]) {
      expect(parseTime(text), text).toBe(moment);
    }
  });

  it.each([undefined, null, '', 'soon', 1764064800, {}, '2026-13-45T10:00:00Z'])(
    'knows no time in %j',
    (value) => {
      expect(parseTime(value)).toBeUndefined();
    },
  );
});

describe('parseJson', () => {
  it('parses UTF-8 and nothing else', () => {
    expect(parseJson(Buffer.from('{"ä":1}'))).toEqual({ ä: 1 });
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
    expect(parseJson(Buffer.from('{'))).toBeUndefined();
    expect(parseJson(Buffer.from('null'))).toBeNull();
  });
});
