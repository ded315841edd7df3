import type { Io } from '../cli/io.ts';
import { ago, hint, tinted, wrapped } from '../cli/show.ts';
import { after, relative } from '../cli/time.ts';
import type { EventLinks } from '../logs/links.ts';
import { commandLine, type Flags, type Target } from '../stage/command-line.ts';
import { typeInWords } from './reasons.ts';
import type { EventDetail, TimelineEntry } from './summary.ts';
import { needsDecision } from './timeline-outcomes.ts';

const MARKS: Record<TimelineEntry['tone'], string> = { plain: '·', good: '✓', bad: '✗', pending: '…' };

/** Prints an event as a timeline, with the next step if it is stuck. */
export function showEvent(io: Io, target: Target, event: EventDetail): void {
  const facts: Record<string, string | undefined> = {
    event: event.event_id,
    ...(event.type !== 'run_complete' && { type: typeInWords(event) }),
    run: event.run_id,
    workflow: event.workflow_id,
    status: event.status && tinted(io, event.status),
    state: tinted(io, event.progress ?? event.state),
  };
  for (const [name, value] of Object.entries(facts)) {
    if (value) io.out(`${io.style('dim', name.padEnd(9))} ${value}\n`);
  }
  io.out('\n');
  const start = Date.parse(event.received_at);
  for (const entry of event.timeline) io.out(`${lineOf(io, entry, start)}\n`);
  const next = nextStep(target, event);
  if (next) hint(io, `\nnext: ${next}`);
}

/** Whole, as they are there to be opened. */
export function showLinks(io: Io, { logs, traces }: EventLinks): void {
  const named = [
    ...logs.map((log) => [`logs of the ${log.function}`, log.url]),
    ...traces.map((url) => ['trace', url]),
  ];
  for (const [name, url] of named) io.out(`\n${io.style('dim', `${name}:`)}\n${url}\n`);
}

/** What a person can do about an event that does not go on by itself; undefined if there is nothing to do. */
export function nextStep(target: Target, event: EventDetail): string | undefined {
  const { event_id, state, actions, timeline } = event;
  const steps = actions.flatMap((action, index) =>
    state === 'failed' && needsDecision(action) ? [decisionOn(target, event_id, index + 1)] : [],
  );
  if (timeline.some(({ step }) => step === 'overdue')) {
    const again = commandLine(target, ['events', 'replay', event_id]);
    const logs = commandLine(target, ['logs']);
    steps.push(`if "${logs}" shows no failure of the processor, send another message with "${again}"`);
  }
  return steps.length > 0 ? steps.join('\n') : undefined;
}

/** The calls that settle what is unknown: a redrive alone would end where it began. */
function decisionOn(target: Target, id: string, action: number): string {
  const settle = (flags: Flags) => commandLine(target, ['events', 'settle', id], { action, ...flags });
  return `for action ${action}, "${settle({ run: 'RUN' })}" if Cyberdesk has its run, "${settle({ startAgain: true })}" to start it again, or "${settle({ skip: true })}"`;
}

function lineOf(io: Io, { at, tone, text }: TimelineEntry, start: number): string {
  const mark = tinted(io, tone, MARKS[tone]);
  const time = io.style('dim', timeOf(io, at, start).padStart(9));
  return wrapped(`  ${mark} ${time}  ${text}`, io.columns, ' '.repeat(15));
}

/** When it was received; after that, how much later; what is ahead, from now. */
function timeOf(io: Io, at: string | undefined, start: number): string {
  if (at === undefined) return '';
  const time = Date.parse(at);
  if (time > io.now() + 1000) return relative(time, io.now());
  return time === start ? ago(io, at) : after(time - start);
}
