import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Delivered, type FinishedEvent, readEvent } from 'cyberdesk-webhooks/delivery';
import { failedChecks } from 'cyberdesk-webhooks/rules';

const secretsManager = new SecretsManagerClient();

/** Posts the checks that failed to a Slack channel. It throws if Slack does not take them, and is invoked again later. */
export async function handler(delivered: Delivered<FinishedEvent>): Promise<void> {
  const { run } = await readEvent(delivered);
  const checks = failedChecks(run).map(
    ({ name, status }) => `• ${name ?? 'a check without a name'}: ${status}`,
  );
  const text = [`*Failed checks of run* \`${run.id}\` (${run.status})`, ...checks].join('\n');
  const response = await fetch(await slackUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`Slack answered ${response.status}`);
}

/** The URL of an incoming webhook lets anyone post, so it is a secret; reading it each time follows a rotation. */
async function slackUrl(): Promise<string> {
  const get = new GetSecretValueCommand({ SecretId: process.env.SLACK_URL_SECRET });
  const { SecretString } = await secretsManager.send(get);
  if (!SecretString) throw new Error('the secret with the URL of the Slack webhook has no text');
  return SecretString;
}
