import type {
  Idleness,
  LastFailure,
  PauseCause,
  SecretFault,
  Thrown,
  Unidentified,
} from '../../lambda/core/model/index.ts';
import { isSuccess } from '../../lambda/cyberdesk/answer-class.ts';
import { plural } from '../cli/plural.ts';

/** Causes in words, each to follow a colon. */

const withStatus = (text: string, status: number | undefined): string =>
  status === undefined ? text : `${text} (HTTP ${status})`;

const PAUSES: Record<PauseCause['kind'], string> = {
  throttled: 'the API throttles calls',
  key_refused: 'the API rejects the API key',
  failed: 'the API fails',
  key_not_set: 'the API key is not set, is not a key, or may not be read',
};

/** Why calls to Cyberdesk are paused. */
export function pauseInWords({ kind, status }: PauseCause): string {
  if (kind === 'failed') {
    if (status === undefined) return 'the API does not respond';
    if (isSuccess(status)) return unreadable(status);
  }
  return withStatus(PAUSES[kind], status);
}

const unreadable = (status: number): string =>
  `the API answered ${status} with something that is not what it documents, or that is cut off or too large`;

const FAILURES: Record<Exclude<LastFailure['kind'], 'unreadable'>, string> = {
  answered: 'the API answered with an error',
  no_response: 'the API did not respond',
  incomplete_list:
    "the list of runs could not be shown to be complete, as it or the API's clock kept changing, or an entry is not a run",
  unclear_run: 'a run in the list may be its own, and the API does not show enough of it to decide',
  not_asked: 'a secret could not be read',
  key_not_set: 'the API key is not set, is not a key, or may not be read',
  not_announced: 'the topic could not be reached, or did not allow or throttled the announcement',
  not_delivered: 'the destination could not be reached, or did not allow or throttled the call',
  function_failed: 'the function ended in an error',
  entry_failed: 'the bus did not take the event',
};

/** Why a try of an action failed. */
export function failureInWords({ kind, status = 0, error }: Omit<LastFailure, 'at'>): string {
  if (kind === 'unreadable') return unreadable(status);
  if (kind === 'answered' && status > 0) return `HTTP ${status}`;
  return `${FAILURES[kind]}${inBrackets(error, status)}`;
}

/** Why it is not known yet which ending of its run an event reports. */
export function unidentifiedInWords({ tries, last_failure }: Unidentified): string {
  const attempts = tries > 0 ? ` (${plural(tries, 'failed attempt')})` : '';
  return `Cyberdesk did not say when the run ended: ${failureInWords(last_failure)}${attempts}`;
}

const inBrackets = (error: string | undefined, status: number): string => {
  const known = [error, status > 0 ? `HTTP ${status}` : undefined].filter(Boolean);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
};

const SECRET_FAULTS: Record<SecretFault['kind'], string> = {
  not_listed: 'is not in sensitiveSecretArns',
  denied: 'may not be read by the processor',
  empty: 'does not exist or has no value',
  binary: 'is binary, and must be text',
  not_json: 'is not JSON with fields',
  no_field: 'lacks the field that the rule asks for',
};

/** Which secret a rule could not use, and why. */
export const secretInWords = ({ kind, id, field }: SecretFault): string =>
  `the secret ${id} ${SECRET_FAULTS[kind]}${field === undefined ? '' : ` (field "${field}")`}`;

/** What a rule threw, and where; an async rule has thrown nothing itself. */
export const thrownInWords = ({ rule, error, frame }: Thrown): string =>
  error === 'AsyncRuleError'
    ? `rule "${rule}" returned a promise: a rule must not be async, and must not wait for anything`
    : `rule "${rule}" threw ${error}${frame === undefined ? '' : ` at ${frame}`}`;

const MISMATCHES: Record<Exclude<Idleness, 'nothing'>, string> = {
  event: 'about other events',
  guard: 'its guard refused the payload',
  status: 'status',
  workflow: 'workflow',
  exceptWorkflow: 'exceptWorkflow',
  failedChecks: 'failedChecks',
};

/** Which rules asked for nothing, and why: one line for those that apply, and one for those that do not. */
export function idleInWords(idle: Readonly<Record<string, Idleness>>): string[] {
  const silent: string[] = [];
  const others: string[] = [];
  for (const [rule, why] of Object.entries(idle)) {
    if (why === 'nothing') silent.push(rule);
    else others.push(`${rule} (${MISMATCHES[why]})`);
  }
  return [
    ...(silent.length > 0 ? [`rules that apply, and returned no action: ${silent.join(', ')}`] : []),
    ...(others.length > 0 ? [`rules that do not apply: ${others.join(', ')}`] : []),
  ];
}
