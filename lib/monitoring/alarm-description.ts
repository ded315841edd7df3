import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SettingsError } from '../settings/settings-error.ts';
import { type AlarmText, anchorOf } from './alarm-definition.ts';

/** CloudWatch's limit in characters; it rejects a longer description only during the deployment. */
const MAX_LENGTH = 1024;
/** A generous estimate for what CloudFormation resolves later: the name of a function or queue. */
const DEFERRED_LENGTH = 80;
/** The same for AWS pseudo parameters and conditions: a region, an account, a host name or the end of one. */
const DEFERRED_LENGTH_OF_AWS = 28;

/** The text of an alarm's e-mail: what happened, where the runbook is, and pages of the console. */
export function describe(
  scope: Construct,
  { id, title, sentence, links }: Omit<AlarmText, 'severity'>,
  { stage, runbookUrl, consoleHost }: { stage: string; runbookUrl: string; consoleHost: string },
): string {
  const description = [
    sentence,
    `Runbook: ${runbookUrl}#${anchorOf(title)}`,
    ...Object.entries(links).map(([label, page]) => `${label}: https://${consoleHost}${page}`),
  ].join('\n');
  const length = lengthOf(Stack.of(scope).resolve(description));
  if (length > MAX_LENGTH) {
    throw new SettingsError(
      stage,
      'alarms.runbookUrl',
      `makes the description of the alarm ${id} too long (${length} characters, limit ${MAX_LENGTH}); use a shorter URL`,
    );
  }
  return description;
}

/** Length of a resolved text, with an estimate for each part that CloudFormation resolves later. */
function lengthOf(text: unknown): number {
  if (typeof text === 'string') return text.length;
  const [, parts] = (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.reduce<number>((sum, part) => sum + lengthOfPart(part), 0);
}

function lengthOfPart(part: unknown): number {
  if (typeof part === 'string') return part.length;
  const deferred = part as { Ref?: string; 'Fn::If'?: unknown };
  // The host of the console is one of a few.
  return deferred['Fn::If'] || deferred.Ref?.startsWith('AWS::') ? DEFERRED_LENGTH_OF_AWS : DEFERRED_LENGTH;
}
