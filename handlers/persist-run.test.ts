import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Delivered, DeliveredWhole, FinishedEvent, TerminalStatus } from '../lambda/delivery/index.ts';
import { handler } from './persist-run.ts';

/** The table, as far as this handler uses it. */
const rows = new Map<string, { status: string; output: string; at: number; delivery: string }>();

beforeEach(() => {
  rows.clear();
  vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    const { Key = {}, ExpressionAttributeValues: values = {} } = (command as UpdateItemCommand).input;
    const [id, row] = [Key.id?.S ?? '', rows.get(Key.id?.S ?? '')];
    const at = Number(values[':at']?.N);
    const delivery = values[':delivery']?.S ?? '';
    if (row && !(row.at <= at && row.delivery !== delivery))
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    rows.set(id, { status: values[':status']?.S ?? '', output: values[':output']?.S ?? '', at, delivery });
  });
});

/** A delivery of a run that ended at this minute. */
const ended = (minute: number, status: TerminalStatus = 'success'): Delivered<FinishedEvent> => ({
  specversion: '1.0',
  id: `delivery-${minute}`,
  source: '123456789012/eu-central-1/CyberdeskWebhooks-dev',
  type: 'io.cyberdesk.run_complete',
  subject: 'run-1',
  time: `2026-11-25T10:0${minute}:00.000Z`,
  datacontenttype: 'application/json',
  eventid: 'event-1',
  rule: 'persist-run',
  data: { run: { id: 'run-1', workflow_id: 'workflow-1', status, output_data: { total: minute } } },
});

it('a finished run is stored with its status and output', async () => {
  await handler(ended(1));

  expect(rows.get('run-1')).toMatchObject({ status: 'success', output: '{"total":1}' });
});

it('a long number is stored with all its digits', async () => {
  const { data: _, ...attributes } = ended(1) as DeliveredWhole<FinishedEvent>;
  const body = '{"run":{"id":"run-1","status":"success","output_data":{"account":12345678901234567890}}}';
  await handler({ ...attributes, data_base64: Buffer.from(body).toString('base64') });

  expect(rows.get('run-1')).toMatchObject({ output: '{"account":12345678901234567890}' });
});

it('a delivery that is repeated changes nothing', async () => {
  await handler(ended(1));
  await handler(ended(1));

  expect(rows.get('run-1')).toMatchObject({ status: 'success', delivery: 'delivery-1' });
});

it('a run that was retried in place shows its last end, in whatever order its ends arrive', async () => {
  await handler(ended(2, 'success'));
  await handler(ended(1, 'error'));

  expect(rows.get('run-1')).toMatchObject({ status: 'success', output: '{"total":2}' });
});

it('a table that cannot be written to makes the handler fail, so that it is invoked again', async () => {
  vi.mocked(DynamoDBClient.prototype.send).mockImplementation(async () => {
    throw new Error('down');
  });

  await expect(handler(ended(1))).rejects.toThrow('down');
});
