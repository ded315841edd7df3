import { type Expression, parseSync, Visitor } from 'oxc-parser';

/** Functions whose first argument is the name of a test. */
const TESTS = ['it', 'test', 'scenario'];

/** First words of a name that has left its subject to the `describe` around it. So does a verb in -s. */
const FRAGMENTS = new Set(
  `
  am are be been had do did can cannot could may must shall should will would have
  of that which who whose by with without for from to in into on at than until and or but nor not never
  before after because also again still already accept count report subscribe warn
  `.split(/\s+/),
);

/** First words in -s that are no verbs, or that stand for a subject here. */
const NOUNS = new Set(
  `
  actions alarms announcements attachments bodies calls chains conditions digits entries errors events fetches
  disturbances functions holes inputs items keys limits logs messages milliseconds pieces policies processors queues references requests rules runs secrets settings
  stages synthesis topics tries values webhooks workers workflows
  `.split(/\s+/),
);

/** A subject that points to something that was said before. */
const POINTER =
  /^(the (first|second|third|other|others|same|latter|former)|one|another|it|they|this|these|those|both|each) (is|are|was|were|has|have|does|do|can|may|must|will|cannot)\b/;

function isFragment(name: string): boolean {
  const [first = ''] = name.split(/[\s,]/);
  const isVerb = /^[a-z]+s$/.test(first) && !NOUNS.has(first);
  return isVerb || FRAGMENTS.has(first) || POINTER.test(name);
}

/** Names that a reader cannot understand without the `describe` around them, as `path:line name`. */
export function findFragments(path: string, text: string): string[] {
  const found: string[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [name] }) {
      if (!isTest(callee) || name === undefined) return;
      const said = text.slice(name.start + 1, name.end - 1);
      if (!isText(name.type) || !isFragment(said)) return;
      const line = text.slice(0, name.start).split('\n').length;
      found.push(`${path}:${line} ${said}`);
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
