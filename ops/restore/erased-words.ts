import type { AuditedCall } from '../audit/verb.ts';
import { plural } from '../cli/plural.ts';
import { commandLine } from '../stage/command-line.ts';
import type { RestoreOptions } from './choice.ts';
import type { KeptErased } from './copy-back.ts';
import { absolute } from './moment.ts';
import type { OverwritesErased } from './record.ts';

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

/** Most ids in a line. */
const MOST_IDS = 5;

/** Its mark may be forged: whoever may write events can write one, and no function may write on the record. */
export const isDoubtful = ({ on_record }: KeptErased): boolean => on_record !== true;

export function* erasedInWords(
  call: RestoreCall,
  erased: readonly KeptErased[],
  asked: number,
): Generator<string> {
  if (erased.length === 0) return;
  yield `${plural(erased.length, 'event')} stayed erased: ${idsOf(erased)}`;
  const doubtful = erased.filter(isDoubtful);
  if (doubtful.length === 0) return;
  const isUnread = doubtful.some(({ on_record }) => on_record === undefined);
  const again = `"${absolute(call, asked, { overwriteErased: 'unrecorded' })}"`;
  if (isUnread) {
    yield 'whether people have erased them could not be read: that takes dynamodb:Query and dynamodb:BatchGetItem on audit#*, which grantRestore of this release allows';
    yield `if these marks may be forged, get that permission, then write over those that are not on record with ${again}`;
  } else {
    yield `no erasure is on record for ${idsOf(doubtful)}`;
    yield `if these marks are forged, write over them with ${again}`;
  }
}

function idsOf(events: readonly KeptErased[]): string {
  const ids = events.slice(0, MOST_IDS).map(({ event_id }) => event_id);
  const more = events.length - ids.length;
  return `${ids.join(', ')}${more > 0 ? ` and ${more} more (--json shows all)` : ''}`;
}
