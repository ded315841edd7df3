import { UnknownEventError } from '../../ops/errors.ts';
import { sendBytes } from '../../ops/http/index.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import type { LocalRun } from '../running.ts';
import { BadQueryError, type ControlAnswer, type ControlRoutes, json, notFound } from './route.ts';

// Loaded by the first request: the start of a run does not wait for the SDK.
const load = () => import('./events.ts');

/** Shows what the events table holds. */
export function eventRoutes(run: LocalRun): ControlRoutes {
  let observed: Stage | undefined;
  const answer = async (
    read: (events: Awaited<ReturnType<typeof load>>, stage: Stage) => Promise<ControlAnswer>,
  ): Promise<ControlAnswer> => {
    const events = await load();
    observed ??= events.observedStage(run);
    try {
      return await read(events, observed);
    } catch (error) {
      if (error instanceof UnknownEventError) return notFound('event');
      throw error;
    }
  };
  return {
    'GET events': ({ query }) =>
      answer(async ({ listShownEvents }, stage) =>
        json({ events: await listShownEvents(stage, limitOf(query)) }),
      ),
    'GET events/{id}': ({ id }) => answer(async ({ showEvent }, stage) => json(await showEvent(stage, id))),
    'GET events/{id}/body': ({ id }) =>
      answer(async ({ readPayload }, stage) => {
        const bytes = await readPayload(stage, id);
        return (response) => sendBytes(response, 200, bytes, { 'content-type': 'application/octet-stream' });
      }),
  };
}

/** @throws BadQueryError */
function limitOf(query: URLSearchParams): number {
  const given = query.get('limit');
  if (given === null) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new BadQueryError('"limit" must be a positive integer');
  return Number(given);
}
