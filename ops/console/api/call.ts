import * as v from 'valibot';
import { type Audit, audited } from '../../audit/audited.ts';
import { LONGEST_REASON } from '../../audit/verb.ts';
import { parseSince } from '../../cli/time.ts';
import { BadArgumentError, NotConfirmedError } from '../../errors.ts';
import { readPayload } from '../../events/detail.ts';
import { EVENT_STATES, type EventFilter } from '../../events/filter.ts';
import type { AuditedStage } from '../../stage/audited-stage.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';
import type { Answer } from '../answer.ts';

export interface Call {
  query: URLSearchParams;
  /** The JSON body. @throws BadArgumentError when it is not JSON */
  body(): Promise<unknown>;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

export type Route = (call: Call) => Promise<Answer>;

/** What a button asks for, on record as the verb that does the same. The warning is for those who watch the server. */
export const onRecord = <T>(
  stage: Stage,
  act: Omit<Audit<T>, 'via' | 'warn'>,
  work: (audited: AuditedStage) => Promise<T>,
): Promise<T> => audited(stage, { ...act, via: 'console', warn: (text) => console.error(text) }, work);

/** The stored body of an event, for one who wants to see it. */
export const payloadOf = (stage: Stage, id: string): Promise<Buffer> =>
  onRecord(stage, { verb: 'events show', target: `payload of event ${id}` }, (audited) =>
    readPayload(audited, id),
  );

/** Why, in the words of the person at the page. */
export const Because = v.optional(
  v.pipe(v.string(), v.trim(), v.maxLength(LONGEST_REASON), v.regex(/^\P{C}+$/u)),
);

/** The server's half of the confirmation: a change must name the stage it is meant for. @throws NotConfirmedError */
export function checkConfirmed(stage: Stage, confirm: string | undefined): void {
  if (asksFirst(stage) && confirm !== stage.name) {
    throw new NotConfirmedError(`this changes ${stage.stackName}`, {
      next: `confirm it with "confirm": "${stage.name}"`,
    });
  }
}

/** @throws BadArgumentError that names the wrong field, without its value */
export function parse<T extends v.GenericSchema>(schema: T, value: unknown, what: string): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const path = result.issues[0] ? v.getDotPath(result.issues[0]) : undefined;
  throw new BadArgumentError(`${path ?? what} is missing or not valid`);
}

/** @param now epoch milliseconds. @throws BadArgumentError */
export function readFilter(query: URLSearchParams, now: number): EventFilter {
  const text = (name: string) => query.get(name)?.trim() || undefined;
  const state = text('state');
  if (state !== undefined && !(EVENT_STATES as readonly string[]).includes(state))
    throw new BadArgumentError(`state must be one of ${EVENT_STATES.join(', ')}`);
  const since = text('since');
  return {
    state,
    reason: text('reason'),
    type: text('type'),
    workflow: text('workflow'),
    status: text('status'),
    run: text('run'),
    ...(since !== undefined && { since: parseSince(since, 'since', now) }),
  };
}

const MAX_LIMIT = 500;

export function readLimit(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 50);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LIMIT) : 50;
}
