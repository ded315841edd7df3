import * as v from 'valibot';
import { type Audit, audited } from '../../audit/audited.ts';
import type { AuditedCall } from '../../audit/verb.ts';
import { NotConfirmedError } from '../../errors.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';
import type { Answer } from '../answer.ts';
import { Because, type Call, parse, type Route, warn } from './call.ts';

/** The verb of the command that does the same as a button. */
export type ChangingVerb = 'send' | 'events replay' | 'events settle' | 'events erase' | 'dlq redrive';

/** Fields that the body of every change may have. */
export const ofChange = {
  because: Because,
  /** Name of the stage that the change is meant for. */
  confirm: v.optional(v.string()),
};

interface Change {
  because?: string | undefined;
  confirm?: string | undefined;
}

/** A call that may change the stage, on record as the verb that does the same. */
export type ChangingCall = Call & Pick<AuditedCall, 'onRecord'>;

/**
 * A route that changes the stage. Every button that changes anything comes through here: the body is checked, where the stage
 * asks first, it must name that stage, and only what is on record can be done.
 */
export const changing =
  <Schema extends v.GenericSchema<unknown, Change>>(
    stage: Stage,
    verb: ChangingVerb,
    schema: Schema,
    work: (given: v.InferOutput<Schema>, call: ChangingCall) => Promise<Answer>,
  ): Route =>
  async (call) => {
    const given = parse(schema, await call.body(), verb);
    checkConfirmed(stage, given);
    const act = { verb, via: 'console', because: given.because, warn } as const;
    const onRecord: AuditedCall['onRecord'] = (target, work, result) =>
      audited(stage, { ...act, target, ...(result && { result }) } satisfies Audit<never>, work);
    return work(given, { ...call, onRecord });
  };

/** @throws NotConfirmedError */
function checkConfirmed(stage: Stage, { confirm }: Change): void {
  if (asksFirst(stage) && confirm !== stage.name) {
    throw new NotConfirmedError(`this changes ${stage.stackName}`, {
      next: `confirm it with "confirm": "${stage.name}"`,
    });
  }
}
