import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import { type CyberdeskClient, createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { readSecret, versionWith } from '../secrets/labels.ts';
import { describeSecretFault } from '../secrets/signing-secret.ts';
import { checkAddress, isElsewhere } from '../stage/api-address.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Whether the signing secret can verify anything. */
export async function checkSigningSecret(stage: Stage): Promise<Finding> {
  const { signingSecret } = stage.outputs;
  const current = await readSecret(stage, signingSecret);
  const next = `copy it from the endpoint's page in Cyberdesk's dashboard: ${commandLine(stage.target, ['secret', 'set'])}`;
  if (!current) {
    const text = (await versionWith(stage, signingSecret, 'AWSCURRENT'))
      ? 'the signing secret is malformed, so nothing verifies: it is binary, and must be text'
      : 'the signing secret is not set: every webhook is answered 503';
    return problem('signing-secret', text, next);
  }
  const fault = describeSecretFault(current.value);
  if (!isSigningSecret(current.value.trim())) {
    return problem(
      'signing-secret',
      `the signing secret is malformed, so nothing verifies: it ${fault}`,
      next,
    );
  }
  if (fault) {
    return warning(
      'signing-secret',
      `the signing secret verifies, but is not one that Svix makes: it ${fault}`,
      next,
    );
  }
  const previous = await readSecret(stage, signingSecret, 'AWSPREVIOUS');
  return ok(
    'signing-secret',
    previous ? 'set; the one before counts during its grace' : 'set and well-formed',
  );
}

/** A client with the stage's own key; undefined while none is set. */
export async function cyberdeskOf(stage: Stage): Promise<CyberdeskClient | undefined> {
  const key = (await readSecret(stage, stage.outputs.apiKeySecret))?.value.trim();
  return key ? createCyberdeskClient(key, { baseUrl: stage.outputs.cyberdeskApiUrl }) : undefined;
}

/** Whether Cyberdesk takes the API key. */
export async function checkApiKey(stage: Stage): Promise<Finding> {
  const url = stage.outputs.cyberdeskApiUrl;
  const client = await cyberdeskOf(stage);
  const next = `create a key in Cyberdesk's dashboard, then: ${commandLine(stage.target, ['api-key', 'set'])}`;
  if (!client) return problem('api-key', 'the API key is not set: no follow-up can start', next);
  const { error } = await client.runs.list({ limit: 1 });
  if (!error) return ok('api-key', `accepted by ${url}`);
  if (error.status === 401 || error.status === 403) {
    return problem('api-key', `${url} refuses the API key (${error.status})`, next);
  }
  if (isElsewhere(error)) return problem('api-key', `${error.message} (${url})`, checkAddress(stage));
  return warning(
    'api-key',
    `${error.message} (${url})`,
    'check the network; waiting follow-ups go on by themselves',
  );
}
