import type * as v from 'valibot';
import { NotConfirmedError } from '../../errors.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';
import type { Answer } from '../answer.ts';
import { type Call, parse, type Route } from './call.ts';

/** The verb of the command that does the same as a button. */
export type ChangingVerb = 'send' | 'events replay' | 'events settle' | 'dlq redrive';

interface Confirmable {
  /** Name of the stage that the change is meant for. */
  confirm?: string | undefined;
}

/**
 * A route that changes the stage. Every button that changes anything comes through here: the body is checked, and where the stage
 * asks first, it must name that stage.
 */
export const changing =
  <Schema extends v.GenericSchema<unknown, Confirmable>>(
    stage: Stage,
    verb: ChangingVerb,
    schema: Schema,
    work: (given: v.InferOutput<Schema>, call: Call) => Promise<Answer>,
  ): Route =>
  async (call) => {
    const given = parse(schema, await call.body(), verb);
    checkConfirmed(stage, given);
    return work(given, call);
  };

/** @throws NotConfirmedError */
function checkConfirmed(stage: Stage, { confirm }: Confirmable): void {
  if (asksFirst(stage) && confirm !== stage.name) {
    throw new NotConfirmedError(`this changes ${stage.stackName}`, {
      next: `confirm it with "confirm": "${stage.name}"`,
    });
  }
}
