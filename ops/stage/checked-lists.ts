import {
  type ClientOptions,
  type CyberdeskClient,
  createCyberdeskClient,
  type Result,
} from '../../lambda/cyberdesk/client.ts';
import { CyberdeskError } from '../../lambda/cyberdesk/errors.ts';
import { isObject } from '../json.ts';

/** A list of Cyberdesk's API holds something that nothing can be said about. */
export class UnusableEntryError extends CyberdeskError {
  override readonly name = 'UnusableEntryError';

  constructor(what: string, position: number, count: number) {
    const text = `entry ${position} of ${count} in Cyberdesk's list of ${what} is not an object with an id`;
    super(text, { mayHaveTakenEffect: false });
  }
}

/**
 * A client whose lists hold only objects with ids; any other list is an error. The client of the functions looks at the
 * entries where they are used, in one place; verbs use them in many. Leaving one out would make a comparison untrue.
 */
export function createListingClient(apiKey: string, options: ClientOptions): CyberdeskClient {
  const { runs, workflows, machines, ...others } = createCyberdeskClient(apiKey, options);
  return {
    ...others,
    runs: {
      ...runs,
      list: async (...given) => checked('runs', await runs.list(...given), ({ items }) => items, 'id'),
    },
    workflows: {
      ...workflows,
      list: async (...given) =>
        checked('workflows', await workflows.list(...given), ({ items }) => items, 'id'),
    },
    machines: {
      health: async (...given) => {
        const health = await machines.health(...given);
        return checked('machines', health, ({ errored_machines }) => errored_machines, 'machine_id');
      },
    },
  };
}

function checked<T>(
  what: string,
  result: Result<T>,
  entriesOf: (data: T) => readonly unknown[],
  id: string,
): Result<T> {
  if (result.error) return result;
  const entries = entriesOf(result.data);
  const odd = entries.findIndex((entry) => !isObject(entry) || typeof entry[id] !== 'string');
  if (odd < 0) return result;
  const error = new UnusableEntryError(what, odd + 1, entries.length);
  return { data: undefined, error, response: result.response };
}
