import { queueDepths } from '../../queues/depths.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';
import type { Route } from './call.ts';

/** How often the page polls, milliseconds: often where it is free, less often where reads cost money. */
const LOCAL_INTERVAL = 1000;
const DEPLOYED_INTERVAL = 4000;

export function stageRoutes(stage: Stage): Record<string, Route> {
  return {
    'GET stage': async () => ({
      json: {
        name: stage.name,
        stack: stage.stackName,
        region: stage.region,
        local: stage.isLocal,
        asks_first: asksFirst(stage),
        interval: stage.isLocal ? LOCAL_INTERVAL : DEPLOYED_INTERVAL,
      },
    }),
    'GET queues': async () => ({ tagged: await queueDepths(stage) }),
  };
}
