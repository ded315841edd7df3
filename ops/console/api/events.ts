import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { describeEvent } from '../../events/detail.ts';
import { type Replay as ReplayResult, replayEvent } from '../../events/replay.ts';
import { decidingInWords, resultOf, settleAction } from '../../events/settle.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, plainText, polledJson } from '../answer.ts';
import {
  Because,
  type Call,
  checkConfirmed,
  onRecord,
  parse,
  payloadOf,
  type Route,
  readFilter,
  readLimit,
} from './call.ts';
import { find } from './find.ts';

const Replay = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  replan: v.optional(v.boolean(), false),
  because: Because,
  confirm: v.optional(v.string()),
});

const Settle = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  action: v.pipe(v.number(), v.integer(), v.minValue(1)),
  choice: v.union([v.literal('run'), v.literal('start_again'), v.literal('skip')]),
  run: v.optional(v.pipe(v.string(), v.uuid())),
  because: Because,
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
  'GET payload': async (call) => plainText(await payloadOf(stage, idOf(call))),
  'POST settle': async ({ body }) => {
    const { id, action, choice, run, because, confirm } = parse(Settle, await body(), 'settle');
    checkConfirmed(stage, confirm);
    const decision = choice === 'run' ? { kind: choice, runId: given(run) } : { kind: choice };
    const deciding = { eventId: id, number: action, choice: decision };
    const act = { verb: 'events settle', target: decidingInWords(deciding), because, result: resultOf };
    return json(await onRecord(stage, act, (audited) => settleAction(audited, deciding)));
  },
  'POST replay': async ({ body }) => {
    const { id, replan, because, confirm } = parse(Replay, await body(), 'replay');
    checkConfirmed(stage, confirm);
    const target = `event ${id}${replan ? ', replan' : ''}`;
    const act = { verb: 'events replay', target, because, result: ({ outcome }: ReplayResult) => outcome };
    return json(await onRecord(stage, act, (audited) => replayEvent(audited, id, { replan })));
  },
});
