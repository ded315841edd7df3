import { gzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import express from 'express';
import serverless from 'serverless-http';
import { Webhook, WebhookVerificationError } from 'svix';

// What the verifier is compared with: the endpoint of Cyberdesk's quickstart as a Lambda function, with its two lines of
// "persist and enqueue" as the calls that the verifier makes. It does no more than that: no log, no metric, no second key.

const secrets = new SecretsManagerClient();
const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();

let secret: string | undefined;
async function signingSecret(): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: process.env.SIGNING_SECRET_ARN });
  secret ??= (await secrets.send(command)).SecretString ?? '';
  return secret;
}

const app = express();
app.use(express.raw({ type: 'application/json', limit: '5mb' }));

app.post('/webhooks/cyberdesk', async (req, res) => {
  const header = (name: string) => req.header(name) ?? '';
  const headers = {
    'svix-id': header('svix-id'),
    'svix-timestamp': header('svix-timestamp'),
    'svix-signature': header('svix-signature'),
  };
  try {
    new Webhook(await signingSecret()).verify(req.body, headers);
    const payload = JSON.parse(req.body.toString());
    if (payload?.event_type !== 'run_complete' || !payload.run)
      throw new Error('invalid run_complete payload');
    await persist(payload, req.body);
    await enqueue(payload.event_id);
    res.status(200).end();
  } catch (error) {
    res.status(error instanceof WebhookVerificationError ? 400 : 500).end();
  }
});

/** `db.runs.upsert({ id, status, output })`, once for each event. An item holds 400 KB, so the body is compressed. */
const persist = (
  { event_id, run }: { event_id: string; run: { id: string; status: string } },
  body: Buffer,
) =>
  dynamoDb.send(
    new PutItemCommand({
      TableName: process.env.TABLE_NAME,
      Item: {
        pk: { S: `event#${event_id}` },
        sk: { S: 'event' },
        run_id: { S: run.id },
        status: { S: run.status },
        body: { B: gzipSync(body) },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );

/** `queue.enqueue('postprocess-run', …)` */
const enqueue = (event: string) =>
  sqs.send(
    new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify({ v: 1, event }) }),
  );

export const handler = serverless(app);
