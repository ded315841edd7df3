import { readFile } from 'node:fs/promises';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { BadArgumentError } from '../errors.ts';
import { isObject, parseObject } from '../json.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readTemplate, type Template } from '../stage/deployed.ts';
import { readSecret } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';

/** A secret of `sensitiveSecretArns`, which rules may name. */
export interface SensitiveSecret {
  arn: string;
  name: string;
}

/** A complete ARN ends in the name, a hyphen and six random characters. */
const nameIn = (arn: string): string => (arn.split(':').at(-1) ?? arn).slice(0, -'-xxxxxx'.length);

/** The secrets that the rules of a stage may name. */
export async function sensitiveSecrets(stage: Stage): Promise<SensitiveSecret[]> {
  const { Resources = {} } = await templateOf(stage);
  const variables = Object.values(Resources).flatMap(({ Properties = {} }) => {
    const { Environment } = Properties;
    const given = isObject(Environment) && isObject(Environment.Variables) ? Environment.Variables : {};
    const value = given[processorEnvironment.sensitiveSecretArns.name];
    return typeof value === 'string' ? [value] : [];
  });
  const arns = variables.flatMap((value) =>
    processorEnvironment.sensitiveSecretArns.read({ [processorEnvironment.sensitiveSecretArns.name]: value }),
  );
  return [...new Set(arns)].map((arn) => ({ arn, name: nameIn(arn) }));
}

async function templateOf(stage: Stage): Promise<Template> {
  if (!stage.isLocal) return readTemplate(stage);
  return stage.templateFile === undefined ? {} : JSON.parse(await readFile(stage.templateFile, 'utf8'));
}

/**
 * Sets a secret that rules may name, by its name or ARN.
 *
 * @throws BadArgumentError for one that they may not name, or a value that is neither text nor a JSON object
 */
export async function setSensitiveSecret(
  stage: AuditedStage,
  given: string,
  value: string,
): Promise<{ secret: string; outcome: 'set' | 'rotated' | 'unchanged' }> {
  const known = await sensitiveSecrets(stage);
  const found = known.find(({ arn, name }) => arn === given || name === given);
  if (!found) {
    const names = known.map(({ name }) => name).join(', ') || 'none';
    throw new BadArgumentError(`no rule may name the secret "${given}"`, {
      next: `sensitiveSecretArns of this stage has ${names}; add it there, deploy, and repeat`,
    });
  }
  if (value.startsWith('{') && parseObject(value) === undefined) {
    throw new BadArgumentError(`the value for ${found.name} begins as JSON, but is not`, {
      next: 'enter a JSON object, or the plain text',
    });
  }
  const current = await readSecret(stage, found.arn);
  if (current === value) return { secret: found.name, outcome: 'unchanged' };
  const command = new PutSecretValueCommand({ SecretId: found.arn, SecretString: value });
  await stage.clients.secrets.send(command);
  return { secret: found.name, outcome: current === undefined ? 'set' : 'rotated' };
}
