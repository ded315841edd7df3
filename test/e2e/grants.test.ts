import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { type EventItem, eventKey, ITEM_VERSION } from '../../lambda/core/model/index.ts';
import { sha256 } from '../../lambda/core/model/keys.ts';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const whole = useWhole();

/** Grants that no call uses here, each with the reason. test/lib asserts that the template has them. */
const UNSEEN: Record<string, string> = {
  'ReceiveEvents sqs:GetQueueAttributes': 'Lambda needs it when the event source is created, not at run time',
  'Announce sns:Publish': 'the shipped rules publish nothing; a rule of the customer may',
};

/** An event that was stored two hours ago and whose message is lost. */
async function orphan(): Promise<string> {
  const { awsUrl, credentials, fn } = whole().run;
  const webhook = runComplete();
  const body = JSON.stringify(webhook);
  const received_at = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const item: EventItem = {
    ...eventKey(webhook.event_id),
    v: ITEM_VERSION,
    tag: randomUUID(),
    event_id: webhook.event_id,
    svix_id: 'msg_orphan',
    received_at,
    type: 'run_complete',
    run_id: webhook.run.id,
    workflow_id: webhook.run.workflow_id,
    status: webhook.run.status,
    ended_at: Date.parse(webhook.run.ended_at),
    state: 'received',
    failure: 0,
    round: 0,
    body: gzipSync(body),
    body_sha256: sha256(body),
    body_bytes: body.length,
    open: '3',
    day: received_at.slice(0, 10),
  };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: awsUrl, credentials });
  await client.send(
    new PutItemCommand({ TableName: fn('verifier').environment.TABLE_NAME, Item: marshall(item) }),
  );
  return webhook.event_id;
}

it('the functions use every permission that their roles grant', async () => {
  const { run } = whole();
  const failed = runComplete({ status: 'error' });
  const refused = runComplete();
  const waiting = runComplete();

  // Processed with both topics; rejected into the dead-letter queue; deferred once.
  await whole().deliver(failed);
  await whole().finished(failed.event_id);
  run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', status: 422 });
  await whole().deliver(refused);
  await whole().finished(refused.event_id);
  run.fake?.faults.plant({
    call: 'cyberdesk:POST /v1/runs*',
    do: 'fail',
    status: 429,
    headers: { 'retry-after': '1' },
  });
  await whole().deliver(waiting);
  await whole().finished(waiting.event_id);
  // A body in pieces, whose event is looked for first.
  const large = runComplete({ output_data: { noise: randomBytes(20_000).toString('base64') } });
  await whole().deliver(large);
  await whole().finished(large.event_id);
  // The sweeper finds the event whose message is lost.
  const lost = await orphan();
  await run.sweep();
  expect((await whole().finished(lost)).state).toBe('processed');

  const unused = run.grants.unused().map(({ statement, action }) => `${statement} ${action}`);
  console.log(`${run.grants.all().length} grants, not used by any call: ${unused.join(', ') || 'none'}`);
  expect(unused).toEqual(Object.keys(UNSEEN));
});
