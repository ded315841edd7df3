import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { describeEvent, readPayload } from '../../events/detail.ts';
import { replayEvent } from '../../events/replay.ts';
import { settleAction } from '../../events/settle.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, plainText, polledJson } from '../answer.ts';
import { type Call, checkConfirmed, parse, type Route, readFilter, readLimit } from './call.ts';
import { find } from './find.ts';

const Replay = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  replan: v.optional(v.boolean(), false),
  confirm: v.optional(v.string()),
});

const Settle = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  action: v.pipe(v.number(), v.integer(), v.minValue(1)),
  choice: v.union([v.literal('run'), v.literal('start_again'), v.literal('skip')]),
  run: v.optional(v.pipe(v.string(), v.uuid())),
  confirm: v.optional(v.string()),
});

const idOf = ({ query }: Call): string => parse(v.pipe(v.string(), v.minLength(1)), query.get('id'), 'id');

/** @throws BadArgumentError */
function given(run: string | undefined): string {
  if (run === undefined) throw new BadArgumentError('run is missing or not valid');
  return run;
}

export const eventRoutes = (stage: Stage): Record<string, Route> => ({
  'GET events': async ({ query }) =>
    polledJson(await find(stage, readFilter(query, Date.now()), readLimit(query))),
  'GET event': async (call) => polledJson(await describeEvent(stage, idOf(call))),
  'GET payload': async (call) => plainText(await readPayload(stage, idOf(call))),
  'POST settle': async ({ body }) => {
    const { id, action, choice, run, confirm } = parse(Settle, await body(), 'settle');
    checkConfirmed(stage, confirm);
    const decision = choice === 'run' ? { kind: choice, runId: given(run) } : { kind: choice };
    return json(await settleAction(stage, { eventId: id, number: action, choice: decision }));
  },
  'POST replay': async ({ body }) => {
    const { id, replan, confirm } = parse(Replay, await body(), 'replay');
    checkConfirmed(stage, confirm);
    return json(await replayEvent(stage, id, { replan }));
  },
});
