import { Command } from 'commander';
import { askSecret, confirmChange } from '../cli/ask.ts';
import {
  type Context,
  EXIT,
  type ExitCode,
  type StageCall,
  verb,
  withConfirmation,
  withStage,
} from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { BadArgumentError } from '../errors.ts';
import { revokePreviousSecret, type SecretSet, setApiKey, setSigningSecret } from './set.ts';

const WHEN = 'The functions use it within five minutes.';

/** `secret set | revoke-previous` */
export const secretCommand = (context: Context): Command =>
  secretGroup('secret', 'the signing secret of the webhook endpoint (whsec_…)')
    .addCommand(setCommand(context))
    .addCommand(revokeCommand(context));

/** `api-key set` */
export const apiKeyCommand = (context: Context): Command =>
  secretGroup('api-key', 'the Cyberdesk API key that starts follow-up runs').addCommand(
    setKeyCommand(context),
  );

function setCommand(context: Context): Command {
  const command = withUnquotedArguments(
    verb('set', 'sets the signing secret, from a prompt or from standard input', [
      'secret set --stage dev',
      'secret set --stage prod --yes < secret.txt',
    ]),
  ).option('--revoke-previous', 'stop accepting the previous secret at once, without a grace period');
  return withStage(context, command, set, refuseArguments);
}

async function set(call: StageCall<{ revokePrevious?: boolean }>): Promise<ExitCode> {
  const { io, stage, options } = call;
  await confirmChange(call, 'sets the signing secret');
  const { revokePrevious = false } = options;
  const result = await setSigningSecret(stage, await askSecret(io, 'signing secret'), { revokePrevious });
  const previous = PREVIOUS[result.previous];
  showResult(call, result, () => io.out(`signing secret ${OUTCOMES[result.outcome]} ${previous}${WHEN}\n`));
  return EXIT.ok;
}

function revokeCommand(context: Context): Command {
  const command = verb('revoke-previous', 'stops accepting the previous secret', [
    'secret revoke-previous --stage dev',
  ]);
  return withStage(context, withConfirmation(command), revoke);
}

async function revoke(call: StageCall): Promise<ExitCode> {
  await confirmChange(call, 'revokes the previous signing secret');
  const revoked = await revokePreviousSecret(call.stage);
  const words = revoked
    ? `the previous secret is no longer accepted. ${WHEN}`
    : 'there is no previous secret';
  showResult(call, { previous: revoked ? 'revoked' : 'none' }, () => call.io.out(`${words}\n`));
  return EXIT.ok;
}

function setKeyCommand(context: Context): Command {
  const command = withUnquotedArguments(
    verb('set', "sets Cyberdesk's API key, from a prompt or from standard input", [
      'api-key set --stage dev',
      'api-key set --stage prod --yes < key.txt',
    ]),
  );
  return withStage(context, command, setKey, refuseArguments);
}

async function setKey(call: StageCall): Promise<ExitCode> {
  await confirmChange(call, 'sets the API key');
  const { outcome } = await setApiKey(call.stage, await askSecret(call.io, 'API key'));
  showResult(call, { outcome }, () => call.io.out(`API key ${OUTCOMES[outcome]} ${WHEN}\n`));
  return EXIT.ok;
}

/**
 * Accepts any arguments, so that `refuseArguments` can refuse them without repeating them: the parser's own message
 * quotes what it does not know, and here that is a secret.
 */
const withUnquotedArguments = (command: Command): Command =>
  withConfirmation(command).allowExcessArguments().allowUnknownOption();

/** Verbs about a secret. A secret that is typed in the place of a verb is not repeated either. */
function secretGroup(name: string, description: string): Command {
  const group = new Command(name).description(description).allowExcessArguments().allowUnknownOption();
  return group.action(() => {
    refuseArguments(group);
    group.help({ error: true });
  });
}

function refuseArguments({ args }: { args: string[] }): void {
  if (args.length === 0) return;
  throw new BadArgumentError('this takes no arguments except its verbs and options', {
    next: 'see --help. A secret is never an argument: type it at the prompt, or send it to standard input; a secret that was typed here may be in the history of your shell, so create a new one',
  });
}

const OUTCOMES: Record<SecretSet['outcome'], string> = {
  set: 'set.',
  rotated: 'replaced.',
  unchanged: 'already has this value: nothing was changed.',
};

const PREVIOUS: Record<SecretSet['previous'], string> = {
  none: '',
  accepted: 'The previous one stays accepted for its grace period. ',
  revoked: 'The previous one is no longer accepted. ',
};
