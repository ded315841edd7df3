import type { Command } from 'commander';
import { confirm } from '../cli/ask.ts';
import { type Context, changes, EXIT, type StageOptions, verb } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { showJson, tinted } from '../cli/show.ts';
import type { Finding } from '../doctor/check.ts';
import { examine } from '../doctor/doctor.ts';
import { NotConfirmedError } from '../errors.ts';
import { createClients } from '../stage/clients.ts';
import { regionOf } from '../stage/deployed.ts';
import { asksFirst } from '../stage/stage.ts';

const MARKS: Record<Finding['state'], string> = {
  ok: '✓',
  info: 'i',
  warning: '!',
  problem: '✗',
  skipped: '-',
};

/** `doctor` */
export function doctorCommand(context: Context): Command {
  const { io } = context;
  const command = changes(
    verb(
      'doctor',
      'looks at every part of a stage, in the order of the data path; exit code 1 when something needs you',
      ['doctor', 'doctor --stage prod --yes'],
    ),
  ).option('--no-probe', 'do not send a signed event through the whole path');
  return command.action(async () => {
    const options = command.opts() as StageOptions & { probe: boolean };
    const findings: Finding[] = [];
    const allowed = permission(io, options);
    const { stage, region, profile, name } = options;
    const settings = { stage, region, profile, name };
    const clients = stage === 'local' ? undefined : createClients({ region, profile });
    // Without a region there is nowhere to look: that is no finding about the stage.
    if (clients) await regionOf(clients, region);
    for await (const finding of examine({
      settings,
      clients,
      connect: () => context.connect(options),
      resubscribe: (email) => allowed(`This sends a confirmation mail to ${email} again.`),
      probe: async () =>
        options.probe && (await allowed(`This sends a probe, which starts nothing, through ${stage}.`)),
    })) {
      findings.push(finding);
      if (!options.json) io.out(line(io, finding));
    }
    if (options.json) showJson(io, { findings });
    else io.out(summary(findings));
    context.exitCode = needsYou(findings).length > 0 ? EXIT.finding : EXIT.ok;
  });
}

/** Where a slip costs something a person is asked, a script says --yes, and otherwise it is not done. */
function permission(io: Io, { stage, yes, json }: StageOptions): (what: string) => Promise<boolean> {
  return async (what) => {
    if (!asksFirst({ isLocal: stage === 'local', name: stage }) || yes) return true;
    if (json) return false;
    try {
      await confirm(io, what);
      return true;
    } catch (error) {
      if (error instanceof NotConfirmedError) return false;
      throw error;
    }
  };
}

function line(io: Io, { check, state, text, next }: Finding): string {
  const advice = next === undefined ? '' : `\n${' '.repeat(18)}${io.color.bold('next:')} ${next}`;
  return `${tinted(io, state, MARKS[state])} ${check.padEnd(15)} ${text}${advice}\n`;
}

const needsYou = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state === 'problem' || state === 'warning');

function summary(findings: readonly Finding[]): string {
  const count = needsYou(findings).length;
  return count === 0 ? '\nall is well\n' : `\n${count} finding(s) need you\n`;
}
