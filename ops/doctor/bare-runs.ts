import {
  type CompletionItem,
  completionKey,
  type LineageItem,
  lineageKey,
  parentOf,
} from '../../lambda/core/model/index.ts';
import { cyberdeskOf } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { readBatch } from '../stage/table.ts';
import { type Finding, ok, skipped, warning } from './check.ts';

const check = 'bare-runs';
/** How many of the newest runs are checked. */
const NEWEST = 200;

/**
 * Whether rules start runs that a lookup could not recognise: without inputs, every run of its workflow looks the same.
 * Rules are functions, so this goes by the runs that they have started recently.
 */
export async function checkBareRuns(stage: Stage): Promise<Finding> {
  const client = await cyberdeskOf(stage);
  if (!client) return skipped(check, 'not checked without an API key');
  const { data, error } = await client.runs.list({
    limit: NEWEST,
    fields: ['input_values'],
    sort_mode: 'created_at_desc',
  });
  if (error) return skipped(check, `not checked, as the runs could not be listed: ${error.message}`);
  const bare = data.items.filter(({ input_values }) => Object.keys(input_values ?? {}).length === 0);
  const rules = await rulesBehind(
    stage,
    bare.map(({ id }) => id),
  );
  if (rules.size === 0)
    return ok(check, 'recent follow-ups have inputs, so a lookup can recognise their runs');
  return warning(
    check,
    `${rules.size === 1 ? 'the rule' : 'the rules'} ${[...rules].join(', ')} recently started runs without inputs: after a lost response no lookup can recognise them, and a person has to decide`,
    'give the workflow an input, and name it with correlate in startRun or startChain',
  );
}

/** Names of the rules that started these runs without a correlation input, as far as they are ours. */
async function rulesBehind(stage: Stage, runIds: readonly string[]): Promise<Set<string>> {
  const lineages = await readBatch<LineageItem>(stage, runIds.map(lineageKey), ['pk', 'action', 'parent']);
  const parents = new Set(lineages.flatMap(({ parent }) => parent ?? []));
  const keys = [...parents].map(parentOf).map(({ runId, completion }) => completionKey(runId, completion));
  const completions = await readBatch<CompletionItem>(stage, keys, ['actions']);
  const bare = new Set(runIds);
  const rules = completions
    .flatMap(({ actions = [] }) => actions)
    // Of a chain, the first run is the one that is looked for.
    .filter(({ correlate, result }) => correlate === undefined && bare.has(result?.run_ids[0] ?? ''))
    .map(({ rule }) => `"${rule}"`);
  return new Set(rules);
}
