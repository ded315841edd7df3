import { EnvironmentError, type Field } from './fields.ts';

/** Name of a destination → ARN of the queue, function or bus. */
export type DestinationArns = Readonly<Record<string, string>>;

const VARIABLE = 'DESTINATIONS';

/** The setting `destinations`; there is no variable while there is none. */
export const destinations: Field<DestinationArns> = {
  name: VARIABLE,
  read({ [VARIABLE]: text = '{}' }) {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new EnvironmentError(`${VARIABLE} is not JSON; deploy the stack again`, { cause });
    }
  },
  write: (arns): Record<string, string> =>
    Object.keys(arns).length === 0 ? {} : { [VARIABLE]: JSON.stringify(arns) },
};
