import { framesOf } from './frames.ts';

/** What is known of an error that a rule threw. Its message may quote the payload, so it is not kept. */
export interface Thrown {
  /** Name of the rule. */
  rule: string;
  /** Class of the error, or the type of what was thrown instead of one. */
  error: string;
  /** The first frame in a file of the customer's, as `file:line:column`. */
  frame?: string;
}

/** Names and codes are single words; anything else may be a text. */
export const wordOr = (text: unknown, otherwise: string): string =>
  typeof text === 'string' && /^[\w.$-]{1,64}$/.test(text) ? text : otherwise;

/** A file with its folder, line and column, at the end of a frame. */
const PLACE = /((?:[\w@-][\w.@-]*[\\/])?[\w@-][\w.@-]*\.[cm]?[jt]sx?:\d+:\d+)$/;
/** Node's own code, libraries, and this product's code, which calls the rule. */
const FOREIGN = /node:|[\\/]node_modules[\\/]|[\\/]lambda[\\/](?:core|rules|json|processor)[\\/]/;

/** Describes what a rule threw, without any text of it. Whatever that is: an object may throw when it is looked at. */
export function describeThrown(rule: string, thrown: unknown): Thrown {
  try {
    if (!(thrown instanceof Error)) return { rule, error: thrown === null ? 'null' : typeof thrown };
    const own = framesOf(thrown).find((frame) => !FOREIGN.test(frame));
    const [, frame] = PLACE.exec(own ?? '') ?? [];
    return { rule, error: wordOr(thrown.name, 'Error'), ...(frame !== undefined && { frame }) };
  } catch {
    return { rule, error: 'unreadable' };
  }
}
