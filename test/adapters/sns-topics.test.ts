import { expect, it } from 'vitest';
import { snsTopics } from '../../lambda/adapters/sns-topics.ts';
import { capture, signal } from './capture.ts';

const ARNS = { notify: 'arn:notify', publish: 'arn:publish' };
const announcement = (subject = 'A run failed') => ({
  dedupeId: 'key-1',
  subject,
  fields: { run_id: 'run-1', status: 'error' },
  attributes: { status: 'error' },
});

it.each(['notify', 'publish'] as const)('%s sends an announcement to its own topic', async (topic) => {
  const { client, sent } = capture();

  await snsTopics(client, ARNS, signal)[topic](announcement());

  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  expect(sent).toEqual([
    {
      command: 'PublishCommand',
      input: {
        TopicArn: ARNS[topic],
        Subject: 'A run failed',
        Message: '{\n  "run_id": "run-1",\n  "status": "error",\n  "dedupe_id": "key-1"\n}',
        MessageAttributes: { status: text('error'), dedupe_id: text('key-1') },
      },
      signal,
    },
  ]);
});

it('a subject is one line of printable ASCII with at most 100 characters', async () => {
  const { client, sent } = capture();

  await snsTopics(client, ARNS).notify(announcement(`é\nnext${'x'.repeat(100)}`));

  expect(sent).toMatchObject([{ input: { Subject: `  next${'x'.repeat(94)}` }, signal: undefined }]);
});
