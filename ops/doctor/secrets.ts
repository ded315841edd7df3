import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import { isDeniedByApi } from '../../lambda/cyberdesk/answer-class.ts';
import { plural } from '../cli/plural.ts';
import { inOneLine } from '../errors.ts';
import { type SensitiveSecret, sensitiveSecrets } from '../secrets/sensitive.ts';
import { describeSecretFault } from '../secrets/signing-secret.ts';
import { commandLine } from '../stage/command-line.ts';
import { isAwsError } from '../stage/explain.ts';
import { certificateFault } from '../stage/faults.ts';
import { checkAddress, cyberdeskOf, isElsewhere, readSecret, versionWith } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Whether the signing secret can verify anything. */
export async function checkSigningSecret(stage: Stage): Promise<Finding> {
  const { signingSecret } = stage.outputs;
  const current = await readSecret(stage, signingSecret);
  const next = `copy it from the endpoint's page in Cyberdesk's dashboard: ${commandLine(stage.target, ['secret', 'set'])}`;
  if (current === undefined) {
    return problem('signing-secret', await explainMissing(stage), next);
  }
  const fault = describeSecretFault(current);
  const previous = await readSecret(stage, signingSecret, 'AWSPREVIOUS');
  const hasPrevious = previous !== undefined && isSigningSecret(previous.trim());
  if (!isSigningSecret(current.trim())) {
    const verifies = hasPrevious
      ? 'only the previous one verifies webhooks, until the end of its grace period'
      : 'no webhook can be verified';
    const text = `the signing secret is malformed, so ${verifies}: it ${fault && inOneLine(fault)}`;
    return problem('signing-secret', text, next);
  }
  if (fault !== undefined) {
    const text = `the signing secret can verify, but is not one that Svix generates: it ${inOneLine(fault)}`;
    return warning('signing-secret', text, next);
  }
  const text = hasPrevious ? 'set; the previous one is accepted for its grace period' : 'set and well-formed';
  return ok('signing-secret', text);
}

/** A binary value has no text to read, but a version. */
async function explainMissing(stage: Stage): Promise<string> {
  const isBinary = (await versionWith(stage, stage.outputs.signingSecret, 'AWSCURRENT')) !== undefined;
  return isBinary
    ? 'the signing secret is malformed, so no webhook can be verified: it is binary, and must be text'
    : 'the signing secret is not set: every webhook is answered 503';
}

/** Whether Cyberdesk accepts the API key. */
export async function checkApiKey(stage: Stage): Promise<Finding> {
  const url = stage.outputs.cyberdeskApiUrl;
  const client = await cyberdeskOf(stage);
  const next = `create a key in Cyberdesk's dashboard, then: ${commandLine(stage.target, ['api-key', 'set'])}`;
  if (!client) return problem('api-key', 'the API key is not set: no follow-up can start', next);
  const { error } = await client.runs.list({ limit: 1 });
  if (!error) return ok('api-key', `accepted by ${url}`);
  if (isDeniedByApi(error)) return problem('api-key', `${url} rejects the API key (${error.status})`, next);
  if (error.status === 401 || error.status === 403) {
    const text = `${url} answered ${error.status} with a page that is not its API's, so the API key could not be checked`;
    return warning('api-key', text, nextAfter(error.status));
  }
  if (isElsewhere(error)) return problem('api-key', `${error.message} (${url})`, checkAddress(stage));
  const untrusted = certificateFault(error);
  if (untrusted) return problem('api-key', `${url}: ${untrusted.problem}`, untrusted.next);
  return warning('api-key', `${error.message} (${url})`, nextAfter(error.status));
}

/** An answer shows that the network is not the cause. */
function nextAfter(status: number | undefined): string {
  const goesOn = 'waiting follow-ups continue by themselves';
  if (status === 429) return `nothing to do unless it lasts: the API throttles this account; ${goesOn}`;
  if (status !== undefined && status >= 500)
    return `nothing to do unless it lasts: Cyberdesk has an outage (see its status page); ${goesOn}`;
  return status === undefined
    ? `check the network between here and Cyberdesk, and its status page; ${goesOn}`
    : `check what stands between here and Cyberdesk (a proxy or a firewall); ${goesOn}`;
}

/** Whether each secret that rules may name has a value, which is not read. */
export async function checkRuleSecrets(stage: Stage): Promise<Finding[]> {
  const secrets = await sensitiveSecrets(stage);
  const findings = await Promise.all(secrets.map((secret) => checkRuleSecret(stage, secret)));
  const problems = findings.flat();
  if (problems.length > 0 || secrets.length === 0) return problems;
  return [ok('rule-secrets', `${plural(secrets.length, 'secret')} of sensitiveSecretArns with a value`)];
}

async function checkRuleSecret(stage: Stage, { arn, name }: SensitiveSecret): Promise<Finding[]> {
  const version = await versionWith(stage, arn, 'AWSCURRENT').catch((error: unknown) => {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  });
  if (version !== undefined) return [];
  const text = `the secret ${name}, which rules may name, does not exist or has no value`;
  const set = commandLine(stage.target, ['secret', 'set'], { secret: name });
  const next = stage.isLocal ? set : `create it in Secrets Manager, if it does not exist; then: ${set}`;
  return [problem('rule-secrets', text, next)];
}
