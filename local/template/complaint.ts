/** A row that points at a place in the line above it, with which Node.js introduces an uncaught error. */
const POINTER = /^\s*\^+$/;
/** Codes that CDK puts before its messages. */
const CODE = /^«\w+» /;
const ERROR = /^(\w*Error|\w+Exception)\b.*: /;

/**
 * The most useful line of what an app has written to stderr before it ended: the message of the error that ended it, else
 * the last line, which is all that the app itself prints.
 */
export function mainComplaint(text: string): string {
  const lines = text.split('\n');
  const thrown = lines.slice(lines.findLastIndex((line) => POINTER.test(line)) + 1);
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  const found =
    (thrown.length < lines.length ? thrown.find((line) => line.trim() !== '') : undefined) ??
    said.find((line) => ERROR.test(line)) ??
    said.filter((line) => !line.startsWith('at ') && !line.startsWith('Node.js v')).at(-1);
  return found?.trim().replace(CODE, '') ?? 'no reason given; try npm run synth';
}
