import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventFilter } from '../../events/filter.ts';
import { listEvents } from '../../events/list.ts';
import type { EventSummary } from '../../events/summary.ts';
import type { Stage } from '../../stage/stage.ts';

/** The page polls every few seconds, so one search reads at most this many index pages (of 100 events). */
const PAGES = 20;

class PageLimitError extends Error {
  override name = 'PageLimitError';
}

export interface Found {
  events: EventSummary[];
  /** More than `limit` events match. */
  more: boolean;
  /** The search ended before the oldest event: a rare match among very many events may be further back. */
  partial: boolean;
}

/** The newest `limit` events that match, at a bounded cost. */
export async function find(stage: Stage, filter: EventFilter, limit: number, pages = PAGES): Promise<Found> {
  const events: EventSummary[] = [];
  try {
    for await (const event of listEvents(boundedBy(stage, pages), filter)) {
      if (events.length === limit) return { events, more: true, partial: false };
      events.push(event);
    }
  } catch (error) {
    if (!(error instanceof PageLimitError)) throw error;
    return { events, more: false, partial: true };
  }
  return { events, more: false, partial: false };
}

/** The same stage, but queries fail after this many non-empty index pages. Empty days cost next to nothing. */
function boundedBy(stage: Stage, pages: number): Stage {
  let left = pages;
  const { dynamoDb } = stage.clients;
  const send = async (command: Parameters<typeof dynamoDb.send>[0]) => {
    const isQuery = command instanceof QueryCommand;
    if (isQuery && left <= 0) throw new PageLimitError(`read ${pages} pages`);
    const output = await dynamoDb.send(command);
    if (isQuery && 'ScannedCount' in output && Number(output.ScannedCount) > 0) left -= 1;
    return output;
  };
  const clients = Object.create(stage.clients, { dynamoDb: { value: { send } } }) as Stage['clients'];
  return { ...stage, clients };
}
