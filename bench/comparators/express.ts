import { gzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import express from 'express';
import serverless from 'serverless-http';
import { Webhook, WebhookVerificationError } from 'svix';

// The endpoint of Cyberdesk's quickstart as a Lambda function: its two lines "persist and enqueue" are the calls that the verifier
// makes. It does nothing else, so it has no log, no metric and no second key.

const [secrets, dynamoDb, sqs] = [new SecretsManagerClient(), new DynamoDBClient(), new SQSClient()];
const { SIGNING_SECRET_ARN: SecretId, TABLE_NAME: TableName, QUEUE_URL: QueueUrl } = process.env;

let secret: string | undefined;
async function signingSecret(): Promise<string> {
  secret ??= (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  return secret;
}

const app = express();
app.use(express.raw({ type: 'application/json', limit: '5mb' }));

app.post('/webhooks/cyberdesk', async (req, res) => {
  const names = ['svix-id', 'svix-timestamp', 'svix-signature'];
  const headers = Object.fromEntries(names.map((name) => [name, req.header(name) ?? '']));
  try {
    new Webhook(await signingSecret()).verify(req.body, headers);
    const payload = JSON.parse(req.body.toString());
    if (payload?.event_type !== 'run_complete' || !payload.run) throw new Error('not a run_complete');
    await upsert(payload, req.body);
    const MessageBody = JSON.stringify({ v: 1, event: payload.event_id });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    res.status(200).end();
  } catch (error) {
    res.status(error instanceof WebhookVerificationError ? 400 : 500).end();
  }
});

/** Once for each event. An item holds 400 KB, so the body is compressed. */
function upsert({ event_id, run }: { event_id: string; run: { id: string; status: string } }, body: Buffer) {
  const key = { pk: { S: `event#${event_id}` }, sk: { S: 'event' } };
  const Item = { ...key, run_id: { S: run.id }, status: { S: run.status }, body: { B: gzipSync(body) } };
  const ConditionExpression = 'attribute_not_exists(pk)';
  return dynamoDb.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
}

export const handler = serverless(app);
