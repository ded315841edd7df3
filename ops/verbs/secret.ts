import { Command } from 'commander';
import { askSecret, confirmChange } from '../cli/ask.ts';
import { type Context, changes, EXIT, runs, verb } from '../cli/command.ts';
import { showJson } from '../cli/show.ts';
import { BadArgumentError } from '../errors.ts';
import { revokePreviousSecret, type SecretSet, setApiKey, setSigningSecret } from '../secrets/set.ts';

const WHEN = 'The functions use it within five minutes.';

/** `secret set | revoke-previous` */
export function secretCommand(context: Context): Command {
  return secretGroup('secret', 'the signing secret of the webhook endpoint (whsec_…)')
    .addCommand(setCommand(context))
    .addCommand(revokeCommand(context));
}

function setCommand(context: Context): Command {
  const command = typedSecretStaysUnsaid(
    verb('set', 'sets the signing secret, from a prompt or from standard input', [
      'secret set --stage dev',
      'secret set --stage prod --yes < secret.txt',
    ]),
  ).option('--revoke-previous', 'do not accept the secret before it any more, not even for the grace period');
  return runs<{ revokePrevious?: boolean }>(
    context,
    command,
    async ({ io, stage, options }) => {
      await confirmChange(io, stage, 'sets the signing secret', options.yes ?? false);
      const { revokePrevious = false } = options;
      const result = await setSigningSecret(stage, await askSecret(io, 'signing secret'), { revokePrevious });
      if (options.json) showJson(io, result);
      else io.out(`signing secret ${words(result)} ${previousWords(result)}${WHEN}\n`);
      return EXIT.ok;
    },
    refuseArguments,
  );
}

function revokeCommand(context: Context): Command {
  const command = changes(
    verb('revoke-previous', 'ends the grace of the secret before the present one', [
      'secret revoke-previous --stage dev',
    ]),
  );
  return runs(context, command, async ({ io, stage, options }) => {
    await confirmChange(io, stage, 'revokes the previous signing secret', options.yes ?? false);
    const revoked = await revokePreviousSecret(stage);
    if (options.json) showJson(io, { previous: revoked ? 'revoked' : 'none' });
    else io.out(revoked ? `the previous secret counts no more. ${WHEN}\n` : 'there is no previous secret\n');
    return EXIT.ok;
  });
}

/** `api-key set` */
export function apiKeyCommand(context: Context): Command {
  const command = typedSecretStaysUnsaid(
    verb('set', "sets Cyberdesk's API key, from a prompt or from standard input", [
      'api-key set --stage dev',
      'api-key set --stage prod --yes < key.txt',
    ]),
  );
  const set = runs(
    context,
    command,
    async ({ io, stage, options }) => {
      await confirmChange(io, stage, 'sets the API key', options.yes ?? false);
      const result = await setApiKey(stage, await askSecret(io, 'API key'));
      if (options.json) showJson(io, { outcome: result.outcome });
      else io.out(`API key ${words(result)} ${WHEN}\n`);
      return EXIT.ok;
    },
    refuseArguments,
  );
  return secretGroup('api-key', 'the Cyberdesk API key that starts follow-up runs').addCommand(set);
}

/**
 * Takes whatever was typed, so that `refuseArguments` can refuse it without a word of it: the parser's own message
 * quotes what it does not know, and here that is a secret.
 */
const typedSecretStaysUnsaid = (command: Command): Command =>
  changes(command).allowExcessArguments().allowUnknownOption();

/** Verbs about a secret; one that is typed where a verb belongs is not repeated either. */
function secretGroup(name: string, description: string): Command {
  const group = new Command(name).description(description).allowExcessArguments().allowUnknownOption();
  return group.action(() => {
    refuseArguments(group);
    group.help({ error: true });
  });
}

function refuseArguments({ args }: { args: string[] }): void {
  if (args.length === 0) return;
  throw new BadArgumentError(
    'this takes nothing but its verbs and options (see --help). A secret is never an argument: type it at the prompt, or send it to standard input; one that was typed here may be in the history of your shell, so make a new one',
  );
}

const words = ({ outcome }: SecretSet): string =>
  ({ set: 'set.', rotated: 'replaced.', unchanged: 'is this one already: nothing was changed.' })[outcome];

const previousWords = ({ previous }: SecretSet): string => {
  if (previous === 'accepted') return 'The one before stays accepted for its grace period. ';
  return previous === 'revoked' ? 'The one before counts no more. ' : '';
};
