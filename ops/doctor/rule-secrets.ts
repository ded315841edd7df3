import { plural } from '../cli/plural.ts';
import { type SensitiveSecret, sensitiveSecrets } from '../secrets/sensitive.ts';
import { commandLine } from '../stage/command-line.ts';
import { isAwsError } from '../stage/explain.ts';
import { versionWith } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, readPart } from './check.ts';

/** Whether each secret that rules may name has a value, which is not read. */
export async function checkRuleSecrets(stage: Stage): Promise<Finding[]> {
  const secrets = await sensitiveSecrets(stage);
  const findings = await Promise.all(secrets.map((secret) => checkRuleSecret(stage, secret)));
  const problems = findings.flat();
  if (problems.length > 0 || secrets.length === 0) return problems;
  return [ok('rule-secrets', `${plural(secrets.length, 'secret')} of sensitiveSecretArns with a value`)];
}

async function checkRuleSecret(stage: Stage, { arn, name }: SensitiveSecret): Promise<Finding[]> {
  const { value: hasValue, unread } = await readPart(
    ['rule-secrets', `whether the secret ${name} has a value`],
    () => isSet(stage, arn),
    stage,
  );
  if (hasValue !== false) return unread;
  const text = `the secret ${name}, which rules may name, does not exist or has no value`;
  const set = commandLine(stage.target, ['secret', 'set'], { secret: name });
  const next = stage.isLocal ? set : `create it in Secrets Manager, if it does not exist; then: ${set}`;
  return [problem('rule-secrets', text, next)];
}

async function isSet(stage: Stage, arn: string): Promise<boolean> {
  try {
    return (await versionWith(stage, arn, 'AWSCURRENT')) !== undefined;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return false;
    throw error;
  }
}
