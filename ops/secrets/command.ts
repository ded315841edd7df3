import type { Command } from 'commander';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { askSecret, confirmChange } from '../cli/ask.ts';
import { type Call, type CommandFactory, EXIT, type ExitCode, verbGroup } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { showResult } from '../cli/show.ts';
import { BadArgumentError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { setSensitiveSecret } from './sensitive.ts';
import { revokePreviousSecret, type SecretSet, setApiKey, setSigningSecret } from './set.ts';

const WHEN = 'The functions use it within five minutes.';
/** The longest pause, and the longest visibility of a message that found it closed. */
const WAITING = 'Waiting events resume by themselves within half an hour.';

/** Leaves them to `refuseArguments`, as the parser would quote them in its error: one may be a secret. */
const acceptAll = (command: Command): Command => command.allowExcessArguments().allowUnknownOption();

const setCommand = auditedVerb({
  name: 'set',
  description: 'sets the signing secret, or one that rules name, from a prompt or from standard input',
  examples: [
    'secret set --stage dev',
    'secret set --stage prod --yes < secret.txt',
    'secret set --secret patient-portal',
  ],
  confirms: true,
  options: (command) =>
    acceptAll(command)
      .option('--revoke-previous', 'stop accepting the previous secret at once, without a grace period')
      .option('--secret <name>', 'a secret of sensitiveSecretArns instead, by its name or ARN'),
  check: checkSet,
  run: set,
});

const revokeCommand = auditedVerb({
  name: 'revoke-previous',
  description: 'stops accepting the previous secret',
  examples: ['secret revoke-previous --stage dev'],
  confirms: true,
  run: revoke,
});

const setKeyCommand = auditedVerb({
  name: 'set',
  description: "sets Cyberdesk's API key, from a prompt or from standard input",
  examples: ['api-key set --stage dev', 'api-key set --stage prod --yes < key.txt'],
  confirms: true,
  options: acceptAll,
  check: refuseArguments,
  run: setKey,
});

export const secretCommand = secretGroup('secret', 'the signing secret of the webhook endpoint (whsec_…)', [
  setCommand,
  revokeCommand,
]);

export const apiKeyCommand = secretGroup('api-key', 'the Cyberdesk API key that starts follow-up runs', [
  setKeyCommand,
]);

/** Verbs for a secret. A secret that is typed in place of a verb is not quoted either. */
function secretGroup(name: string, description: string, verbs: CommandFactory[]): CommandFactory {
  return (context) => {
    const group = acceptAll(verbGroup(name, description, verbs)(context));
    return group.action(() => {
      refuseArguments(group);
      group.help({ error: true });
    });
  };
}

interface SetOptions {
  revokePrevious?: boolean;
  secret?: string;
}

/** @throws BadArgumentError */
function checkSet({ args, options }: Call<SetOptions>): void {
  refuseArguments({ args });
  if (options.secret !== undefined && options.revokePrevious)
    throw new BadArgumentError('--revoke-previous is about the signing secret, not about --secret');
}

async function set(call: AuditedCall<SetOptions>): Promise<ExitCode> {
  const { io, options } = call;
  if (options.secret !== undefined) return setNamed(call, options.secret);
  await confirmChange(call, 'sets the signing secret');
  const { revokePrevious = false } = options;
  const value = await askSecret(io, 'signing secret');
  const result = await call.onRecord(
    'signing secret',
    (audited) => setSigningSecret(audited, value, { revokePrevious }),
    ({ outcome, previous }) => `${outcome}, previous ${previous}`,
  );
  const previous = previousInWords(result, call.stage.outputs);
  showResult(call, result, () => io.out(`signing secret ${OUTCOMES[result.outcome]} ${previous}${WHEN}\n`));
  return EXIT.ok;
}

async function setNamed(call: AuditedCall<SetOptions>, name: string): Promise<ExitCode> {
  const { io } = call;
  await confirmChange(call, 'sets a secret that rules name');
  const value = await askSecret(io, `value of ${name}`);
  const set = (audited: AuditedStage) => setSensitiveSecret(audited, name, value);
  const result = await call.onRecord(`secret ${name}`, set, ({ outcome }) => outcome);
  showResult(call, result, () => io.out(`${result.secret} ${OUTCOMES[result.outcome]}\n`));
  return EXIT.ok;
}

async function revoke(call: AuditedCall): Promise<ExitCode> {
  await confirmChange(call, 'revokes the previous signing secret');
  const revoked = await call.onRecord('previous signing secret', revokePreviousSecret, (found) =>
    found ? 'revoked' : 'none',
  );
  const words = revoked
    ? `the previous secret is no longer accepted. ${WHEN}`
    : 'there is no previous secret';
  showResult(call, { previous: revoked ? 'revoked' : 'none' }, () => call.io.out(`${words}\n`));
  return EXIT.ok;
}

async function setKey(call: AuditedCall): Promise<ExitCode> {
  await confirmChange(call, 'sets the API key');
  const value = await askSecret(call.io, 'API key');
  const { outcome } = await call.onRecord(
    'API key',
    (audited) => setApiKey(audited, value),
    (result) => result.outcome,
  );
  showResult(call, { outcome }, () => call.io.out(`API key ${OUTCOMES[outcome]} ${WHEN} ${WAITING}\n`));
  return EXIT.ok;
}

function refuseArguments({ args }: { args: string[] }): void {
  if (args.length === 0) return;
  throw new BadArgumentError('this command takes only its verbs and options', {
    next: "see --help. Never pass a secret as an argument: type it at the prompt, or send it to standard input. A secret that was typed here may be in your shell's history, so create a new one",
  });
}

const OUTCOMES: Record<SecretSet['outcome'], string> = {
  set: 'set.',
  rotated: 'replaced.',
  unchanged: 'already has this value: nothing was changed.',
};

function previousInWords(
  { previous, unread }: SecretSet,
  { previousSecretGraceDays: days }: Stage['outputs'],
): string {
  if (previous === 'none') return '';
  if (previous === 'unknown') return `Whether a previous one is accepted could not be read (${unread}). `;
  if (previous === 'revoked') return 'The previous one is no longer accepted. ';
  const time = days === undefined ? 'for its grace period' : `for ${plural(days, 'day')}`;
  return `The previous one is accepted ${time} after its replacement. `;
}
