import type { AuditedCall } from '../audit/verb.ts';
import { hint } from '../cli/show.ts';
import { commandLine, type Flags } from '../stage/command-line.ts';
import type { RestoreOptions } from './choice.ts';
import { erasedInWords } from './erased-words.ts';
import type { Restored } from './restore.ts';

type RestoreCall = AuditedCall<RestoreOptions>;

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
