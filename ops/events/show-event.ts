import type { Io } from '../cli/io.ts';
import { ago, hint, tinted, wrapped } from '../cli/show.ts';
import { after, relative } from '../cli/time.ts';
import { commandLine, type Flags, type Target } from '../stage/command-line.ts';
import type { EventDetail, TimelineEntry } from './summary.ts';
import { needsDecision } from './timeline-outcomes.ts';

const MARKS: Record<TimelineEntry['tone'], string> = { plain: '·', good: '✓', bad: '✗', pending: '…' };

/** Prints an event as a timeline, with the next step if it is stuck. */
export function showEvent(io: Io, target: Target, event: EventDetail): void {
  const facts: Record<string, string | undefined> = {
    event: event.event_id,
    ...(event.type !== 'run_complete' && { type: event.type }),
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
  if (event.timeline.some(({ step }) => step === 'overdue')) {
    const again = commandLine(target, ['events', 'replay', event.event_id]);
    const logs = commandLine(target, ['logs']);
    hint(io, `next: if "${logs}" shows no failure of the processor,`);
    hint(io, `send another message with "${again}"`);
  }
  if (event.state === 'failed') showDecisions(io, target, event);
}

/** The calls that settle what is unknown: a redrive alone would end where it began. */
function showDecisions(io: Io, target: Target, { event_id, actions }: EventDetail): void {
  for (const [index, action] of actions.entries()) {
    if (!needsDecision(action)) continue;
    const settle = (flags: Flags) =>
      commandLine(target, ['events', 'settle', event_id], { action: index + 1, ...flags });
    hint(io, `\nnext, for action ${index + 1}: "${settle({ run: 'RUN' })}" if Cyberdesk has its run,`);
    hint(io, `"${settle({ startAgain: true })}" to start it again, or "${settle({ skip: true })}"`);
  }
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
