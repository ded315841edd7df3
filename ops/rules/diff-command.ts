import { SECOND } from '../../lambda/core/model/index.ts';
import { type Call, EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { withProgress } from '../cli/progress.ts';
import { hint, showResult, table } from '../cli/show.ts';
import { isoTime, parseSpan, type SpanOptions } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import { RULES_FILE } from '../stage/own-files.ts';
import { Workshop } from './bundles.ts';
import type { Difference, RuleChanges } from './compare.ts';
import { differs, diffRules, type RulesDiff } from './diff.ts';
import { closing, deployedRules, processorOf, type Rehearsal, rulesAt, rulesIn } from './rehearsal.ts';

interface DiffOptions extends SpanOptions {
  since: string;
  rules: string;
  base?: string;
}

type DiffCall = StageCall<DiffOptions>;

export const diffCommand = stageVerb({
  name: 'diff',
  description:
    'what your changed rules would do otherwise after the events of a stage; starts nothing, and exit code 1 if anything differs',
  examples: ['rules diff --stage prod --since 7d', 'rules diff --since 7d --base origin/main'],
  options: (command) =>
    command
      .requiredOption('--since <time>', 'events received since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
      .option('--until <time>', 'events received before (default: now)')
      .option('--rules <file>', 'your rules; stages.ts is read beside them', RULES_FILE)
      .option('--base <git ref>', 'compare with the rules of a commit instead of those that are deployed'),
  check: ({ io, options }: Call<DiffOptions>) => parseSpan(options, io.now()),
  run,
});

/** Field names are part of `--json`. */
interface Result extends RulesDiff {
  since: string;
  until: string;
  duration_ms: number;
}

async function run(call: DiffCall): Promise<ExitCode> {
  const { io, stage, options } = call;
  const now = io.now();
  const { since = now, until = now } = parseSpan(options, now);
  const diff = await withRules(call, (before, today) =>
    withProgress(call, (update) =>
      diffRules(stage, before, today, {
        since,
        until,
        onProgress: (events) => update(`${plural(events, 'event')} compared`),
      }),
    ),
  );
  const result = { since: isoTime(since), until: isoTime(until), ...diff, duration_ms: io.now() - now };
  showResult(call, result, () => show(call, result));
  return differs(diff) ? EXIT.finding : EXIT.ok;
}

/** Loads both versions of the rules, and removes what that leaves behind. */
async function withRules<T>(
  { stage, options: { base, rules } }: DiffCall,
  work: (before: Rehearsal, today: Rehearsal) => Promise<T>,
): Promise<T> {
  const workshop = new Workshop();
  try {
    const processor = await processorOf(stage);
    const place = { stage, processor, workshop };
    const before = base === undefined ? deployedRules(processor, workshop) : rulesAt(base, rules, place);
    return await closing(before, (old) => closing(rulesIn(rules, place), (today) => work(old, today)));
  } finally {
    workshop.remove();
  }
}

function show({ io, stage, options }: DiffCall, result: Result): void {
  const { events, unreadable, rules, since, duration_ms } = result;
  const than = options.base === undefined ? `those that ${stage.stackName} runs` : `those of ${options.base}`;
  const took = (duration_ms / SECOND).toFixed(1);
  io.out(`${plural(events, 'event')} since ${since}, your rules and ${than}, in ${took} s\n\n`);
  if (rules.length > 0) io.out(table(io, rules, COLUMNS));
  else io.out('neither asks for anything\n');
  const changed = rules.filter(({ examples }) => examples.length > 0);
  for (const { rule, examples } of changed) {
    io.out(`\n${rule}\n`);
    for (const example of examples) io.out(`  ${lineOf(example)}\n`);
  }
  if (unreadable > 0) hint(io, `\n${plural(unreadable, 'event')} cannot be read any more`);
  const [first] = changed.flatMap(({ examples }) => examples);
  if (first)
    hint(
      io,
      `\nnext: "${commandLine(stage.target, ['events', 'show', first.event_id])}" shows such an event`,
    );
  else io.out('\nnothing differs\n');
}

const COLUMNS = [
  { title: 'RULE', value: ({ rule }: RuleChanges) => rule },
  ...(['added', 'dropped', 'changed', 'fails', 'fixed', 'same'] as const).map((name) => ({
    title: name.toUpperCase(),
    value: (changes: RuleChanges) => String(changes[name]),
    align: 'right' as const,
  })),
];

function lineOf({ event_id, change, what, position, fields = [] }: Difference): string {
  // "startRun 1", and "startRun 1 instead of notify".
  const placed = position === undefined ? what : what.replace(/^\S+/, (kind) => `${kind} ${position + 1}`);
  const where = fields.length === 0 ? '' : `: ${fields.join(', ')}`;
  return `${change.padEnd(7)}  ${event_id}  ${placed}${where}`;
}
