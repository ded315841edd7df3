import { inWords } from '../cli/values.ts';
import type { Stage } from '../stage/stage.ts';

interface Named {
  run?: string | undefined;
  workflow?: string | undefined;
}

/** Whether someone is meant, by an id that may be mistyped; a state or a time may well match nothing. */
export const isNamed = ({ run, workflow }: Named): boolean => run !== undefined || workflow !== undefined;

/** That nothing matches, and by what it was sought: a mistyped id must not look like something that is done. */
export const noMatch = ({ stackName }: Pick<Stage, 'stackName'>, what: string, filter: object): string =>
  `no ${what} of ${stackName} matches (${inWords(filter, 'all')}): nothing was done`;
