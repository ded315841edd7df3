import type { CallOutcome, RunSnapshot } from '../../../lambda/core/model/index.ts';
import type { Plant } from '../world-parts.ts';

/** Ports of a worker that understands answers about one run in its own way. */
export const understanding =
  (change: (got: CallOutcome<RunSnapshot>) => CallOutcome<RunSnapshot>): NonNullable<Plant['ports']> =>
  (ports) => ({
    ...ports,
    cyberdesk: {
      ...ports.cyberdesk,
      getRun: async (...args) => change(await ports.cyberdesk.getRun(...args)),
    },
  });

/** A known mistake. */
export interface KnownMistake {
  plant: Plant;
  /** Rules with which it shows. */
  rules: readonly string[];
  /** It shows in a world of its own, in which who does not make this mistake survives. */
  isFair?: true;
  /** It shows with webhooks about something else than runs. */
  others?: true;
  /** It shows after a restore of the table. */
  restores?: true;
  /** It shows in schedules with nothing but outages and pauses. */
  calm?: true;
  /** The promise that it must be caught by, so that it is caught for the right reason. */
  broken: RegExp;
}
