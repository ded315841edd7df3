import * as v from 'valibot';
import { audited } from '../../audit/audited.ts';
import { LONGEST_REASON } from '../../audit/verb.ts';
import { parseOptionalSince } from '../../cli/time.ts';
import { BadArgumentError } from '../../errors.ts';
import { readPayload } from '../../events/detail.ts';
import { EVENT_STATES } from '../../events/filter.ts';
import type { Stage } from '../../stage/stage.ts';
import type { Answer } from '../answer.ts';
import type { Wanted } from '../list/search.ts';

export interface Call {
  query: URLSearchParams;
  /** The JSON body. @throws BadArgumentError when it is not JSON */
  body(): Promise<unknown>;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

export type Route = (call: Call) => Promise<Answer>;

/** For those who watch the server, where there is no other place for it. */
export const warn = (text: string): void => console.error(text);

/** Why something is done, in the words of the person at the page. */
export const Because = v.optional(
  v.pipe(v.string(), v.trim(), v.maxLength(LONGEST_REASON), v.regex(/^\P{C}+$/u)),
);

/**
 * The stored body of the event that a query names, for one who wants to see it: on record, as `events show --payload` is.
 * @throws BadArgumentError
 */
export function payloadOf(stage: Stage, query: URLSearchParams): Promise<Buffer> {
  const id = query.get('id') ?? '';
  const because = parse(Because, query.get('because') ?? undefined, 'because');
  return audited(
    stage,
    { verb: 'events show', via: 'console', target: `payload of event ${id}`, because, warn },
    (onRecord) => readPayload(onRecord, id),
  );
}

/** @throws BadArgumentError that names the wrong field, without its value */
export function parse<T extends v.GenericSchema>(schema: T, value: unknown, what: string): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const path = result.issues[0] ? v.getDotPath(result.issues[0]) : undefined;
  throw new BadArgumentError(`${path ?? what} is missing or not valid`);
}

/** What the list is asked for. @param now epoch milliseconds. @throws BadArgumentError */
export function readWanted(query: URLSearchParams, now: number): Wanted {
  const text = (name: string) => query.get(name)?.trim() || undefined;
  const state = text('state');
  if (state !== undefined && !(EVENT_STATES as readonly string[]).includes(state))
    throw new BadArgumentError(`state must be one of ${EVENT_STATES.join(', ')}`);
  return {
    text: text('q'),
    state,
    reason: text('reason'),
    type: text('type'),
    status: text('status'),
    since: parseOptionalSince(text('since'), 'since', now),
    until: parseOptionalSince(text('until'), 'until', now),
  };
}

/** From 1. */
export function readPage(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? 1);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}
