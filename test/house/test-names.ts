import { type Expression, parseSync, Visitor } from 'oxc-parser';

/** Functions whose first argument is the name of a test. */
const TESTS = ['it', 'test', 'scenario'];

/**
 * First words of a name that has left its subject to the `describe` around it. Verbs that are nouns in these tests
 * (runs, calls, answers, retries) are not among them.
 */
const FRAGMENTS = new Set(
  `
  am is are was were be been has have had do does did can cannot could may must shall should will would
  of that which who whose by with without for from to in into on at as than until and or but nor not never
  before after because also again still already
  aborts accepts acts adds agrees allows announces applies asks begins builds catches changes checks closes
  compares completes contains continues counts covers creates cuts deletes describes detects distinguishes drops
  emits ends escapes expires explains fails falls filters finds finishes follows gets gives goes grants handles
  hides holds ignores imports includes joins keeps knows leaves lets limits links listens lists loads looks makes
  matches moves names needs notifies omits opens parses passes picks pins prints produces provides publishes puts
  quotes raises reads recovers redrives refers refuses rejects remembers removes renews repeats replaces replays
  reports requires resets resolves resumes retains returns revokes says sends serves sets shows skips starts stays
  stops stores subscribes succeeds suggests takes throws treats trims uses waits warns works writes
  accept report subscribe warn
  `.split(/\s+/),
);

/** Names that a reader cannot understand without the `describe` around them, as `path:line name`. */
export function findFragments(path: string, text: string): string[] {
  const found: string[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [name] }) {
      if (!isTest(callee) || name === undefined) return;
      const line = text.slice(0, name.start).split('\n').length;
      const said = text.slice(name.start + 1, name.end - 1);
      const [first = ''] = said.split(/[\s,]/);
      if (isText(name.type) && FRAGMENTS.has(first)) found.push(`${path}:${line} ${said}`);
    },
  }).visit(parseSync(path, text).program);
  return found;
}

const isText = (type: string): boolean => type === 'Literal' || type === 'TemplateLiteral';

/** Whether a call is one of `it`, `it.each(cases)`, `it.skipIf(condition)` and the like. */
function isTest(callee: Expression): boolean {
  if (callee.type === 'CallExpression') return isTest(callee.callee);
  if (callee.type === 'MemberExpression') return isTest(callee.object);
  return callee.type === 'Identifier' && TESTS.includes(callee.name);
}
