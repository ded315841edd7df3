import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { describeEvent } from '../../events/detail.ts';
import { decidingInWords, resultOf, settleAction } from '../../events/settle.ts';
import { readEvent } from '../../events/store.ts';
import { type EventLinks, linksOf } from '../../logs/links.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, plainText, polledJson } from '../answer.ts';
import type { Listing } from '../list/listing.ts';
import { type Call, parse, payloadOf, type Route, readPage, readWanted } from './call.ts';
import { changing, ofChange } from './changing.ts';

const Id = v.pipe(v.string(), v.minLength(1));

const Settle = v.strictObject({
  id: Id,
  action: v.pipe(v.number(), v.integer(), v.minValue(1)),
  choice: v.union([v.literal('run'), v.literal('start_again'), v.literal('skip')]),
  run: v.optional(v.pipe(v.string(), v.uuid())),
  ...ofChange,
});

/** Of the local run. */
const NO_LINKS: EventLinks = { logs: [], traces: [] };

const idOf = ({ query }: Call): string => parse(Id, query.get('id'), 'id');

/** @throws BadArgumentError */
function given(run: string | undefined): string {
  if (run === undefined) throw new BadArgumentError('run is missing or not valid');
  return run;
}

export const eventRoutes = (stage: Stage, listing: Listing): Record<string, Route> => ({
  'GET events': async ({ query }) =>
    polledJson(await listing.page(readWanted(query, Date.now()), readPage(query))),
  'GET event': async (call) => {
    const id = idOf(call);
    const event = await describeEvent(stage, id);
    return polledJson({ ...event, ...(await listing.rows([id])).get(id) });
  },
  // Asked once, when an event is opened: it reads logs.
  'GET links': async (call) => json((await linksOf(stage, await readEvent(stage, idOf(call)))) ?? NO_LINKS),
  'GET payload': async (call) => plainText(await payloadOf(stage, call.query)),
  'POST settle': changing(
    stage,
    'events settle',
    Settle,
    async ({ id, action, choice, run }, { onRecord }) => {
      const decision = choice === 'run' ? { kind: choice, runId: given(run) } : { kind: choice };
      const deciding = { eventId: id, number: action, choice: decision };
      return json(
        await onRecord(decidingInWords(deciding), (audited) => settleAction(audited, deciding), resultOf),
      );
    },
  ),
});
