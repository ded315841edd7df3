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
export const wordOr = (text: string, otherwise: string): string =>
  /^[\w.$-]{1,64}$/.test(text) ? text : otherwise;

/** What ends a frame: where it is, or which of several promises it is. */
const FRAME = /^\s+at .*(?::\d+:\d+|<anonymous>|native|index \d+)\)?$/;

/**
 * The frames of an error's stack, one per line. They follow its name and message, which may quote the data that caused
 * the error, even in lines that look like frames. If that head cannot be determined, there are no frames.
 */
export function framesOf(error: Error): string[] {
  const { stack = '' } = error;
  const end = endOfHead(error, stack);
  if (end === undefined) return [];
  return stack
    .slice(end)
    .split('\n')
    .filter((line) => FRAME.test(line));
}

function endOfHead({ message }: Error, stack: string): number | undefined {
  // A name alone: the error had no message when the stack was captured. The SDK adds some later.
  const [name] = /^[\w.$]+(?=\n|$)/.exec(stack) ?? [];
  if (name !== undefined) return name.length;
  const at = message === '' ? -1 : stack.indexOf(`: ${message}`);
  return at < 0 ? undefined : at + `: ${message}`.length;
}

/** A file with its folder, line and column, at the end of a frame. Names of functions may be computed, so they are not kept. */
const PLACE = /((?:[\w@-][\w.@-]*[\\/])?[\w@-][\w.@-]*\.[cm]?[jt]sx?:\d+:\d+)\)?$/;
/** Node's own code, libraries, and this product's code, which calls the rule. */
const FOREIGN = /node:|[\\/]node_modules[\\/]|[\\/]lambda[\\/](?:core|rules|json|processor)[\\/]/;

/** Describes what a rule threw, without any text of it. */
export function describeThrown(rule: string, thrown: unknown): Thrown {
  if (!(thrown instanceof Error)) return { rule, error: thrown === null ? 'null' : typeof thrown };
  const own = framesOf(thrown).find((frame) => !FOREIGN.test(frame));
  const [, frame] = PLACE.exec(own ?? '') ?? [];
  return { rule, error: wordOr(thrown.name, 'Error'), ...(frame !== undefined && { frame }) };
}
