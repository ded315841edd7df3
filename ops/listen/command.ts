import { SECOND } from '../../lambda/core/model/index.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirm } from '../cli/ask.ts';
import { EXIT, type ExitCode } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { interruptible, rest, warn } from '../cli/progress.ts';
import { hint, tinted } from '../cli/show.ts';
import { parseOptionalSince } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import { toOperatorError } from '../stage/explain.ts';
import { asksFirst } from '../stage/stage.ts';
import { Arrivals } from './arrivals.ts';
import { type Forwarded, forward } from './forward.ts';
import { findTarget, RealApiError, readAddress, secretOf, type Target } from './target.ts';

interface ListenOptions {
  to?: string;
  since?: string;
  toRealApi?: boolean;
}

type ListenCall = AuditedCall<ListenOptions>;

/** Between two looks for new events, milliseconds. */
const INTERVAL = SECOND;
/** So many looks in a row may fail, each time after a longer wait. */
const MOST_FAILURES = 5;

export const listenCommand = auditedVerb<ListenOptions>({
  name: 'listen',
  description:
    'sends what a deployed stage accepts to the local run, until interrupted; starts nothing in the stage',
  examples: ['listen --stage dev', 'listen --stage dev --since 2h'],
  confirms: true,
  options: (command) =>
    command
      .option('--to <url>', 'endpoint of the local run (default: that of the run on PORT, or 8787)')
      .option('--since <time>', 'first what was received since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
      .option(
        '--to-real-api',
        'also if the local run starts follow-ups at the real API, where they may run twice',
      ),
  check: ({ io, options }) => {
    if (options.to !== undefined) readAddress(options.to);
    parseOptionalSince(options.since, '--since', io.now());
  },
  run: listen,
});

/** Field names are part of `--json`. */
interface Counts {
  sent: number;
  failed: number;
  skipped: number;
  /** Where to continue: the first event that failed, or else the last one. ISO 8601. */
  continue_since?: string;
}

async function listen(call: ListenCall): Promise<ExitCode> {
  const { io, stage, options } = call;
  const target = await findTarget(options.to, options.toRealApi);
  // Before anything is read: later refusals would come after the first event.
  await secretOf(target, stage);
  if (asksFirst(stage) && !options.yes)
    await confirm(
      io,
      `This copies payloads of ${stage.name} (${stage.stackName}, ${stage.region}) to this machine.`,
    );
  warn(io, `payloads of ${stage.stackName} will lie on this machine, where the local run keeps its state`);
  const since = parseOptionalSince(options.since, '--since', io.now());
  const arrivals = since === undefined ? await Arrivals.live(stage, io.now()) : new Arrivals(stage, since);
  const which = since === undefined ? 'from now on' : `since ${new Date(since).toISOString()}`;
  const counts = await call.onRecord(
    `payloads of events received ${which}`,
    () => forwardUntilInterrupted(call, arrivals, target),
    inWords,
  );
  conclude(call, counts);
  return counts.failed > 0 ? EXIT.finding : EXIT.ok;
}

async function forwardUntilInterrupted(
  call: ListenCall,
  arrivals: Arrivals,
  target: Target,
): Promise<Counts> {
  const { io, stage, options } = call;
  if (!options.json) io.out(`${stage.stackName} → ${target.url.href}\nCtrl-C ends it.\n`);
  const counts: Counts = { sent: 0, failed: 0, skipped: 0 };
  await interruptible(async (signal) => {
    for await (const forwarded of forwardAll(call, { arrivals, target, signal })) {
      count(counts, forwarded);
      if (options.json) io.out(`${JSON.stringify(forwarded)}\n`);
      else show(io, forwarded);
    }
  });
  return counts;
}

/** Until it is interrupted. A look that fails is repeated; what it has found is not sent again. */
async function* forwardAll(
  { io, stage }: ListenCall,
  { arrivals, target, signal }: { arrivals: Arrivals; target: Target; signal: AbortSignal },
): AsyncGenerator<Forwarded> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const arrival of arrivals.fresh(io.now())) {
        if (signal.aborted) return;
        yield await forward(stage, target, arrival, signal);
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === MOST_FAILURES || error instanceof RealApiError) throw error;
      warn(io, `${toOperatorError(error).problem}; trying again`);
    }
    await rest(INTERVAL * 2 ** failures, signal);
  }
}

function count(counts: Counts, { outcome, received_at }: Forwarded): void {
  if (counts.failed === 0) counts.continue_since = received_at;
  counts[outcome] += 1;
}

function show(io: Io, { event_id, received_at, type, status, outcome, answer, problem }: Forwarded): void {
  const word = { sent: 'ok', failed: 'bad', skipped: 'ignored' }[outcome];
  const said = outcome === 'sent' ? answer : `${outcome}: ${problem}`;
  io.out(`${io.style('dim', received_at)}  ${event_id}  ${status ?? type}  ${tinted(io, word, said)}\n`);
}

const inWords = ({ sent, failed, skipped }: Counts): string =>
  `${sent} sent, ${failed} failed, ${skipped} skipped`;

function conclude({ io, stage, options, given }: ListenCall, counts: Counts): void {
  if (options.json) {
    io.out(`${JSON.stringify(counts)}\n`);
    return;
  }
  const { failed, continue_since: since } = counts;
  io.out(`\n${inWords(counts)}\n`);
  if (since === undefined) return;
  const again = commandLine(stage.target, ['listen'], { ...given, since });
  hint(
    io,
    `next: ${failed > 0 ? 'send again what failed, and go on,' : 'go on'} with "${again}"; what the local run has is not acted on again`,
  );
}
