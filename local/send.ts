import { sampleEvent } from './sample-event.ts';
import { checkWebhookSecret } from './seed.ts';
import { sendEvent } from './send-event.ts';

// `WEBHOOK_SECRET=whsec_… npm run send -- http://127.0.0.1:8787/webhooks/cyberdesk`
const url = process.argv[2] ?? 'http://127.0.0.1:8787/webhooks/cyberdesk';
const secret = process.env.WEBHOOK_SECRET;

try {
  if (secret === undefined) throw new Error('WEBHOOK_SECRET is not set: npm start prints the one to use.');
  checkWebhookSecret(secret);
  if (!URL.canParse(url)) throw new Error(`"${url}" is no URL: npm start prints the one to use.`);
  const event = sampleEvent();
  const { status, body } = await sendEvent(url, secret, event).catch((error: Error) => {
    throw new Error(
      `${url} cannot be reached (${String((error.cause as Error)?.message ?? error.message)}): is npm start running?`,
    );
  });
  console.log(`event ${event.event_id} of run ${event.run.id}\n${status} ${body}`);
  if (status >= 300) process.exitCode = 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
