import type { Io } from '../cli/io.ts';
import { ago, tinted } from '../cli/show.ts';
import { after, relative } from '../cli/time.ts';
import type { EventDetail } from '../events/detail.ts';
import type { TimelineEntry } from '../events/timeline-entry.ts';
import { commandLine, type Target } from '../stage/command-line.ts';

const MARKS: Record<TimelineEntry['tone'], string> = { plain: '·', good: '✓', bad: '✗', pending: '…' };

/** An event as a timeline, with the next step where it is stuck; its payload last, where it was asked for. */
export function showEvent(io: Io, target: Target, event: EventDetail, payload?: string): void {
  const { color } = io;
  const facts = [
    ['event', event.event_id],
    ['run', event.run_id],
    ['workflow', event.workflow_id],
    ['status', event.status && tinted(io, event.status)],
    ['state', tinted(io, event.progress ?? event.state)],
  ];
  for (const [name, value] of facts) if (value) io.out(`${color.dim((name as string).padEnd(9))} ${value}\n`);
  io.out('\n');
  const start = Date.parse(event.received_at);
  for (const entry of event.timeline) io.out(`${lineOf(io, entry, start)}\n`);
  if (event.timeline.some(({ step }) => step === 'overdue')) {
    const again = commandLine(target, ['events', 'replay', event.event_id]);
    io.out(color.dim(`next: send one more message with "${again}"\n`));
  }
  if (payload !== undefined) io.out(`\n${pretty(payload)}\n`);
}

function lineOf(io: Io, { at, tone, text }: TimelineEntry, start: number): string {
  const mark = tinted(io, tone, MARKS[tone]);
  return `  ${mark} ${io.color.dim(timeOf(io, at, start).padStart(9))}  ${text}`;
}

/** When it came; then how long after that; what is ahead, from now. */
function timeOf(io: Io, at: string | undefined, start: number): string {
  if (at === undefined) return '';
  const time = Date.parse(at);
  if (time > io.now() + 1000) return relative(time, io.now());
  return time === start ? ago(io, at) : after(time - start);
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), undefined, 2);
  } catch {
    return payload;
  }
}
