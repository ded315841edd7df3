import { confirm } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, verb } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { plural } from '../cli/plural.ts';
import { showResult, tinted, wrapped } from '../cli/show.ts';
import { NotConfirmedError } from '../errors.ts';
import { createClients } from '../stage/clients.ts';
import { targetOf } from '../stage/command-line.ts';
import { regionOf } from '../stage/deployed.ts';
import { asksFirst } from '../stage/stage.ts';
import { orNameStages } from '../stage/unknown-stage.ts';
import type { Finding } from './check.ts';
import { examine } from './doctor.ts';

const MARKS: Record<Finding['state'], string> = {
  ok: '✓',
  info: 'i',
  warning: '!',
  problem: '✗',
  skipped: '-',
};

type DoctorCall = Call<{ probe: boolean }>;

export const doctorCommand = verb({
  name: 'doctor',
  description:
    'checks every part of a stage, in the order of the data path; exit code 1 if something needs your attention',
  examples: ['doctor', 'doctor --stage prod --yes'],
  confirms: true,
  options: (command) => command.option('--no-probe', 'do not send a signed event through the whole path'),
  run: doctor,
});

async function doctor(call: DoctorCall): Promise<ExitCode> {
  const { io, options, connect } = call;
  const { stage, region } = options;
  const clients = stage === 'local' ? undefined : createClients(options);
  // A missing region is an error of the call, not a finding about the stage.
  if (clients) await orNameStages(options, () => regionOf(clients, region));
  const findings: Finding[] = [];
  const examination = examine({
    settings: targetOf(options),
    clients,
    connect: (name) => connect({ ...options, stage: name }),
    now: io.now,
    resubscribe: (email) => isAllowed(call, `This sends a confirmation e-mail to ${email} again.`),
    probe: async () =>
      options.probe && isAllowed(call, `This sends a probe, which starts nothing, through ${stage}.`),
  });
  for await (const finding of examination) {
    findings.push(finding);
    if (!options.json) io.out(lineOf(io, finding));
  }
  const serious = findings.filter(({ state }) => state === 'problem' || state === 'warning').length;
  showResult(call, { findings }, () =>
    io.out(serious === 0 ? '\nno problems found\n' : `\n${plural(serious, 'finding')} to act on\n`),
  );
  return serious > 0 ? EXIT.finding : EXIT.ok;
}

/** On stages where mistakes are costly, a person is asked and a script must pass --yes; otherwise the step is skipped. */
async function isAllowed(call: DoctorCall, what: string): Promise<boolean> {
  const { io, readOnly, options } = call;
  const { stage, yes, json } = options;
  if (readOnly) return false;
  if (!asksFirst({ isLocal: stage === 'local', name: stage }) || yes) return true;
  if (json) return false;
  try {
    await confirm(io, what);
    return true;
  } catch (error) {
    if (error instanceof NotConfirmedError) return false;
    throw error;
  }
}

const INDENT = ' '.repeat(18);

function lineOf(io: Io, { check, state, text, next }: Finding): string {
  const line = `${tinted(io, state, MARKS[state])} ${check.padEnd(15)} ${text}`;
  const advice = next === undefined ? [] : [`${INDENT}${io.style('bold', 'next:')} ${next}`];
  return [line, ...advice].map((each) => `${wrapped(each, io.columns, INDENT)}\n`).join('');
}
