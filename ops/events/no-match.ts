import { inWords } from '../cli/values.ts';
import type { Stage } from '../stage/stage.ts';

interface Named {
  run?: string | undefined;
  workflow?: string | undefined;
}

/** Whether someone is meant, by an id that may be mistyped; a state or a time may well match nothing. */
export const isNamed = ({ run, workflow }: Named): boolean => run !== undefined || workflow !== undefined;

/** Why nothing matches: a mistyped id must not look like something that is done. */
export const noMatch = ({ stackName }: Pick<Stage, 'stackName'>, what: string, filter: Named): string =>
  isNamed(filter)
    ? `no ${what} of ${stackName} matches (${inWords(filter, '')}): nothing was done; it has expired, the id is mistyped, or it is of another stage`
    : `no ${what}s match: nothing was done`;
