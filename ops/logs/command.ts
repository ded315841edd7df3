import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { interruptible, rest, warn } from '../cli/progress.ts';
import { hint, showResult } from '../cli/show.ts';
import { parseSince } from '../cli/time.ts';
import { inOneLine } from '../errors.ts';
import { type LogLine, type LogReader, logsOf, type OnUnread, type UnreadLog } from './read-logs.ts';
import { SourceFrames } from './source-frames.ts';

interface LogsOptions {
  event?: string;
  function?: string;
  since: string;
  follow?: boolean;
}

/** How often new lines are looked for, milliseconds. */
const INTERVAL = 2000;

export const logsCommand = stageVerb<LogsOptions>({
  name: 'logs',
  description: 'shows what the functions have logged, of one event or of all',
  examples: [
    'logs --event 1f6d… --since 1d',
    'logs --function persist --since 1d',
    'logs --stage prod --follow',
  ],
  options: (command) =>
    command
      .option('--event <id>', 'only lines about this event; the id of a run works as well')
      .option(
        '--function <name>',
        'only lines of this function, such as processor, or of the handler of a destination',
      )
      .option('--since <time>', 'from then on: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z', '1h')
      .option('--follow', 'go on until interrupted; with --json, one line each'),
  check: ({ io, options }) => parseSince(options.since, '--since', io.now()),
  run: logs,
});

async function logs(call: StageCall<LogsOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  const since = parseSince(options.since, '--since', io.now());
  const frames = new SourceFrames();
  const { event: id, function: name } = options;
  const unread: UnreadLog[] = [];
  const raw = await logsOf(
    stage,
    { id, since, ...(name !== undefined && { function: name }) },
    noteOnce(io, unread),
  );
  const read = async () => Promise.all((await raw()).map((line) => frames.resolve(line)));
  if (options.follow) {
    await follow(io, read, options.json === true);
    return EXIT.ok;
  }
  const lines = await read();
  showResult(call, { lines, ...(unread.length > 0 && { unread }) }, () => {
    for (const line of lines) show(io, line);
    if (lines.length === 0)
      hint(io, `nothing since ${new Date(since).toISOString()}: look further back with --since`);
    if (frames.isOther)
      hint(io, 'some stack frames are of another release: check that one out to see files and lines');
  });
  return unread.length > 0 ? EXIT.finding : EXIT.ok;
}

/** Says once of a function that its lines cannot be read, beside the lines of the others. */
const noteOnce =
  (io: Io, noted: UnreadLog[]): OnUnread =>
  (unread) => {
    if (noted.some((one) => one.function === unread.function)) return;
    noted.push(unread);
    warn(io, `lines of ${unread.function} could not be read: ${inOneLine(unread)}`);
  };

/** Until Ctrl-C. */
const follow = (io: Io, read: LogReader, json: boolean) =>
  interruptible(async (signal) => {
    while (!signal.aborted) {
      for (const line of await read()) {
        if (json) io.out(`${JSON.stringify(line)}\n`);
        else show(io, line);
      }
      await rest(INTERVAL, signal);
    }
  });

/** Said by the line itself, or by where it stands. */
const APART = new Set(['level', 'message', 'timestamp', 'service', 'request_id', 'xray_trace_id']);

function show(io: Io, { at, function: name, line }: LogLine): void {
  const place = `${io.style('dim', at)} ${name.padEnd(9)}`;
  if (typeof line === 'string') {
    io.out(`${place} ${io.style('dim', line)}\n`);
    return;
  }
  const { level = '', message = '' } = line;
  const facts = Object.entries(line)
    .filter(([fact, value]) => !APART.has(fact) && value !== undefined)
    .map(([fact, value]) => `${fact}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const color = level === 'ERROR' ? 'red' : level === 'WARN' ? 'yellow' : 'dim';
  io.out(`${place} ${io.style(color, String(level).padEnd(5))} ${String(message)}  ${facts.join(' ')}\n`);
}
