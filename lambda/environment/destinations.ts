import { type Field, list } from './fields.ts';

/** Name of a destination → ARN of the queue, function or bus. */
export type DestinationArns = Readonly<Record<string, string>>;

const entries = list('DESTINATIONS');

/**
 * The setting `destinations`, as `name=arn`; a stage without destinations has no such variable. While synthesis loads the function,
 * it knows the names, but not the ARNs of what will be deployed.
 */
export const destinations: Field<DestinationArns> = {
  name: entries.name,
  read: (environment) =>
    Object.fromEntries(
      entries.read(environment).flatMap((entry) => {
        const [name = '', arn] = entry.split('=');
        return arn === undefined ? [] : [[name, arn]];
      }),
    ),
  write: (arns): Record<string, string> => {
    const written = Object.entries(arns).map(([name, arn]) => `${name}=${arn}`);
    return written.length === 0 ? {} : entries.write(written);
  },
};
