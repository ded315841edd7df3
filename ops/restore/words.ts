import type { AuditedCall } from '../audit/verb.ts';
import { plural } from '../cli/plural.ts';
import { hint } from '../cli/show.ts';
import type { Flags } from '../stage/command-line.ts';
import { commandLine } from '../stage/command-line.ts';
import { absolute, type RestoreOptions } from './choice.ts';
import type { KeptErased } from './copy-back.ts';
import type { OverwritesErased } from './record.ts';
import type { Restored } from './restore.ts';

type RestoreCall = AuditedCall<RestoreOptions>;

/** What is written over besides. */
export const ERASED_TOO: Record<OverwritesErased, string> = {
  none: '',
  unrecorded: ', and over marks of erasures that are not on record',
  all: ', and over all marks of erasures',
};

/** What comes back although someone had it erased. */
export function whatReturns({ stage }: RestoreCall, overwrites: OverwritesErased): string {
  const list = `"${commandLine(stage.target, ['audit', 'list'])}"`;
  return overwrites === 'all'
    ? `what people have erased comes back as well, and has to be erased again: ${list} shows their erasures`
    : `what was erased more than ${plural(stage.outputs.eventRetentionDays, 'day')} ago is not on record any more: it comes back as well, and has to be erased again`;
}

const counted = ({ copied, kept, expired, source, table }: Restored): string =>
  `${copied} items copied from ${source} into ${table}; ${kept} were there or erased, ${expired} had expired\n`;

export function showInterrupted({ io }: RestoreCall, restored: Restored, again: string): void {
  io.out(counted(restored));
  io.out(`interrupted; continue with "${again}"\n`);
}

/** @param asked the point that was asked for, epoch milliseconds */
export function show(call: RestoreCall, restored: Restored, asked: number): void {
  const { io, stage } = call;
  const { source, point, until, erased } = restored;
  const line = (words: string[], flags: Flags) => `"${commandLine(stage.target, words, flags)}"`;
  const reconcile = line(['reconcile'], { since: point, apply: true });
  const list = line(['dlq', 'list'], { reason: 'restored' });
  io.out(counted(restored));
  for (const text of erasedInWords(call, erased, asked)) io.out(`${text}\n`);
  io.out(`what may have been done from ${point} to ${until} waits for you, as restored\n`);
  hint(
    io,
    `next: import what came since then with ${reconcile}, look at ${list}, then redrive: that looks for what was started and starts the rest. Delete ${source} once you no longer need it`,
  );
}

/** Most ids in a line. */
const MOST_IDS = 5;

/** Its mark may be forged: whoever may write events can write one, and no function may write on the record. */
export const isDoubtful = ({ on_record }: KeptErased): boolean => on_record !== true;

function* erasedInWords(call: RestoreCall, erased: readonly KeptErased[], asked: number): Generator<string> {
  if (erased.length === 0) return;
  yield `${plural(erased.length, 'event')} stayed as erased: ${idsOf(erased)}`;
  const doubtful = erased.filter(isDoubtful);
  if (doubtful.length === 0) return;
  const isUnread = doubtful.some(({ on_record }) => on_record === undefined);
  yield isUnread
    ? 'whether people have erased them could not be read: that takes dynamodb:Query and dynamodb:BatchGetItem on audit#*'
    : `no erasure is on record for ${idsOf(doubtful)}`;
  const again = absolute(call, asked, { overwriteErased: isUnread ? 'all' : 'unrecorded' });
  yield `if these marks are forged, write over them with "${again}"`;
}

function idsOf(events: readonly KeptErased[]): string {
  const ids = events.slice(0, MOST_IDS).map(({ event_id }) => event_id);
  const more = events.length - ids.length;
  return `${ids.join(', ')}${more > 0 ? ` and ${more} more (--json shows all)` : ''}`;
}
