import * as v from 'valibot';
import { describeEvent, readPayload } from '../../events/detail.ts';
import { replayEvent } from '../../events/replay.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, plainText, polledJson } from '../answer.ts';
import { type Call, checkConfirmed, parse, type Route, readFilter, readLimit } from './call.ts';
import { find } from './find.ts';

const Replay = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  replan: v.optional(v.boolean(), false),
  confirm: v.optional(v.string()),
});

const idOf = ({ query }: Call): string => parse(v.pipe(v.string(), v.minLength(1)), query.get('id'), 'id');

export const eventRoutes = (stage: Stage): Record<string, Route> => ({
  'GET events': async ({ query }) =>
    polledJson(await find(stage, readFilter(query, Date.now()), readLimit(query))),
  'GET event': async (call) => polledJson(await describeEvent(stage, idOf(call))),
  'GET payload': async (call) => plainText(await readPayload(stage, idOf(call))),
  'POST replay': async ({ body }) => {
    const { id, replan, confirm } = parse(Replay, await body(), 'replay');
    checkConfirmed(stage, confirm);
    return json(await replayEvent(stage, id, { replan }));
  },
});
