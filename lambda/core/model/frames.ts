import { findSourceMap } from 'node:module';

/** The frames that were read of an error: the engine gives them once. */
const READ = new WeakMap<Error, string[]>();

/**
 * The places that an error came through, one per line, as `    at file:line:column`.
 *
 * They are the engine's own call sites. The text of a stack begins with the name and the message, which may quote the data
 * that caused the error, even in lines that look like frames; and names of functions may be computed from data. So of an
 * error whose stack is a text already, because it was read or replaced, nothing is kept.
 */
export function framesOf(error: Error): string[] {
  const known = READ.get(error);
  if (known) return known;
  const frames = callSitesOf(error).flatMap((site) => placeOf(site) ?? []);
  READ.set(error, frames);
  return frames;
}

/** The engine makes the text of a stack when that is read for the first time, and asks this function for it. */
function callSitesOf(error: Error): NodeJS.CallSite[] {
  const { prepareStackTrace } = Error;
  let sites: NodeJS.CallSite[] = [];
  Error.prepareStackTrace = (about, found) => {
    if (about === error) sites = found;
    return 'Error';
  };
  try {
    void error.stack;
  } catch {
    // It has a stack of its own making.
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  return sites;
}

function placeOf(site: NodeJS.CallSite): string | undefined {
  const [file, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
  if (!file || line === null || column === null || site.isEval()) return undefined;
  const origin = findSourceMap(file)?.findOrigin(line, column);
  return origin && 'fileName' in origin
    ? `    at ${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`
    : `    at ${file}:${line}:${column}`;
}
