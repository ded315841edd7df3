import { LARGEST_READ, type OpenEntry } from '../model/index.ts';
import { findLost } from './find-lost.ts';
import type { SweepPorts } from './ports.ts';
import { resend } from './resend.ts';
import { FIRST_SILENCE } from './silence.ts';

/** What the walks over all shards have in common. */
export interface Round {
  ports: SweepPorts;
  /** When the sweep began, in epoch milliseconds. */
  began: number;
  quietUntil: number;
  /** Messages that may still be sent. */
  room: number;
  examined: number;
  resent: number;
  refused: number;
}

/** How a walk over a shard ended: at its end, or after the entry `cursor`; with what went wrong, if anything did. */
export interface WalkEnd {
  isComplete: boolean;
  cursor?: OpenEntry;
  error?: unknown;
}

/**
 * Walks over a shard once: from where the last sweep stopped to its end, then from its beginning to there. Younger
 * events than the first silence cannot have lost their messages, and are left out.
 */
export async function walkShard(round: Round, shard: number, start: OpenEntry | undefined): Promise<WalkEnd> {
  const youngest = new Date(round.began - FIRST_SILENCE).toISOString();
  const first = await walk(round, shard, { after: start, until: youngest });
  if (!first.isComplete || start === undefined) return first;
  return walk(round, shard, { after: undefined, until: start.received_at });
}

interface Stretch {
  after: OpenEntry | undefined;
  until: string;
}

async function walk(round: Round, shard: number, { after, until }: Stretch): Promise<WalkEnd> {
  const { open, system, deadline } = round.ports;
  let at = after;
  for (;;) {
    if (system.now() >= deadline || round.room <= 0) return stoppedAt(at);
    let entries: OpenEntry[] = [];
    try {
      entries = await open.list(shard, { after: at, until, limit: LARGEST_READ });
      const dealtWith = await dealWith(round, entries);
      at = entries[dealtWith - 1] ?? at;
      if (dealtWith < entries.length) return stoppedAt(at);
    } catch (error) {
      // The next sweep starts after these entries and reaches them last; otherwise an entry that always fails would
      // block all those after it.
      return { ...stoppedAt(entries.at(-1) ?? at), error };
    }
    if (entries.length < LARGEST_READ) return { isComplete: true };
  }
}

const stoppedAt = (cursor: OpenEntry | undefined): WalkEnd => ({
  isComplete: false,
  ...(cursor && { cursor }),
});

/** @returns How many of the entries, counted from the first, were handled: all except those for which there was no room. */
async function dealWith(round: Round, entries: readonly OpenEntry[]): Promise<number> {
  if (entries.length === 0) return 0;
  const { ports, quietUntil } = round;
  const lost = await findLost(ports.reader, entries, { now: ports.system.now(), quietUntil });
  const sent = lost.slice(0, Math.max(0, round.room));
  // At once: other shards are walked at the same time.
  round.room -= sent.length;
  const { length: resent } = await resend(ports, sent);
  round.resent += resent;
  round.refused += sent.length - resent;
  const next = lost[sent.length];
  const dealtWith = next ? entries.findIndex(({ event_id }) => event_id === next.event_id) : entries.length;
  round.examined += dealtWith;
  return dealtWith;
}
