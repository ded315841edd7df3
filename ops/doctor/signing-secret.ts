import { nodeSystem } from '../../lambda/adapters/system.ts';
import { isSigningSecret, SigningSecretCache } from '../../lambda/core/authenticate/index.ts';
import { DAY, type SecretLookup } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { inOneLine } from '../errors.ts';
import { describeSecretFault, type SecretAdvice } from '../secrets/signing-secret.ts';
import { commandLine } from '../stage/command-line.ts';
import { lookUpSecret } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, readPart, warning } from './check.ts';

/** Whether the signing secret can verify anything. */
export async function checkSigningSecret(stage: Stage, now = Date.now()): Promise<Finding> {
  const check = 'signing-secret';
  const next = `copy it from the endpoint's page in Cyberdesk's dashboard: ${commandLine(stage.target, ['secret', 'set'])}`;
  const { current, previous, keys, graceEnds, unread } = await readSecrets(stage, now);
  const [unknown] = unread;
  const until = graceEnds === undefined ? 'for its grace period' : `until ${isoTime(graceEnds)}`;
  if (keys.current === undefined) {
    const { state, why } = faultOf(current);
    if (keys.previous !== undefined) {
      const verifies = `only the previous one verifies webhooks, ${until}`;
      return problem(check, `the signing secret is ${state}, so ${verifies}${why}`, next);
    }
    const isOver = graceEnds !== undefined && isUsable(previous);
    const ended = isOver ? `; the previous one has not been accepted since ${isoTime(graceEnds)}` : '';
    if (unknown) return problem(check, `the signing secret is ${state}${why}; ${unknown.text}`, next);
    const result = state === NOT_SET ? 'every webhook is answered 503' : 'no webhook can be verified';
    return problem(check, `the signing secret is ${state}, so ${result}${why}${ended}`, next);
  }
  const accepted = keys.previous === undefined ? '' : `; the previous one is accepted ${until}`;
  const also = unknown ? `; ${unknown.text}` : accepted;
  const fault = describeSecretFault(keys.current);
  if (fault !== undefined) {
    const text = `the signing secret can verify, but is not one that Svix generates: it ${inOneLine(fault)}${also}`;
    return warning(check, text, next);
  }
  if (unknown) return warning(check, `set and well-formed${also}`, unknown.next);
  return ok(check, also === '' ? 'set and well-formed' : `set${also}`);
}

/**
 * Both versions, and the keys that the verifier takes from them: its own code decides. The previous one counts as missing
 * where it could not be read: that says nothing about the current one.
 */
async function readSecrets(stage: Stage, now: number) {
  const { signingSecret: secretId, previousSecretGraceDays } = stage.outputs;
  const [current, { value: previous = MISSING, unread }] = await Promise.all([
    lookUpSecret(stage, secretId),
    readPart(
      ['signing-secret', 'whether a previous one is accepted'],
      () => lookUpSecret(stage, secretId, 'AWSPREVIOUS'),
      stage,
    ),
  ]);
  const previousGrace = (previousSecretGraceDays ?? LONGEST_GRACE_DAYS) * DAY;
  const system = { ...nodeSystem, now: () => now };
  const cache = new SigningSecretCache({ secretId, cache: 0, previousGrace }, system);
  const keys = await cache.keys({
    get: async (_, version) =>
      version?.kind === 'label' && version.label === 'AWSPREVIOUS' ? previous : current,
  });
  return {
    current,
    previous,
    unread,
    keys,
    /** Unknown where the stack does not say how long it accepts the previous one. */
    graceEnds:
      previousSecretGraceDays === undefined
        ? undefined
        : (createdAt(current) ?? createdAt(previous) ?? 0) + previousGrace,
  };
}

const MISSING: SecretLookup = { kind: 'missing' };

const createdAt = (version: SecretLookup): number | undefined =>
  version.kind === 'found' || version.kind === 'binary' ? version.createdAt : undefined;

const isUsable = (version: SecretLookup): boolean =>
  version.kind === 'found' && isSigningSecret(version.value.trim());

/** The default, and the most that a stage can be given. */
const LONGEST_GRACE_DAYS = 7;

const NOT_SET = 'not set';
const UNKNOWN_FAULT: SecretAdvice = {
  problem: 'is not a valid signing secret',
  next: 'copy it from the endpoint again',
};

/** What is wrong with a current version that holds no key. */
function faultOf(current: SecretLookup): { state: string; why: string } {
  switch (current.kind) {
    case 'found': {
      const fault = describeSecretFault(current.value) ?? UNKNOWN_FAULT;
      return { state: 'malformed', why: `: it ${inOneLine(fault)}` };
    }
    case 'binary':
      return { state: 'malformed', why: ': it is binary, and must be text' };
    default:
      return { state: NOT_SET, why: '' };
  }
}
