import { expect, it } from 'vitest';
import { finishedRun } from '../../../lambda/testing/index.ts';
import { handler, kept } from './keep-claim.ts';

it('a run that is handed over twice is kept once', async () => {
  const run = finishedRun();
  const delivered = { ...ENVELOPE, data: { run } };

  await handler(delivered);
  await handler(delivered);

  expect([...kept]).toEqual([run.id]);
});

const ENVELOPE = {
  specversion: '1.0',
  id: 'delivery-1',
  source: '123456789012/eu-central-1/CyberdeskWebhooks-live',
  type: 'io.cyberdesk.run_complete',
  subject: 'run-1',
  time: '2026-11-25T10:00:00.000Z',
  datacontenttype: 'application/json',
  eventid: 'event-1',
  rule: 'file-away',
} as const;
