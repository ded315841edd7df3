import { EXIT, type ExitCode, type StageCall, stageVerb, verbGroup } from '../cli/command.ts';
import { ago, hint, showResult, table, tinted } from '../cli/show.ts';
import { parseOptionalSince } from '../cli/time.ts';
import { positive } from '../cli/values.ts';
import { type AuditEntry, auditOf, listAudit, outcomeInWords, shortCaller } from './read.ts';

interface ListOptions {
  event?: string;
  since?: string;
  limit: number;
}

const listCommand = stageVerb<ListOptions>({
  name: 'list',
  description: 'lists who changed what and who read payloads, newest first',
  examples: ['audit list', 'audit list --since 7d --stage prod', 'audit list --event 1f6d…'],
  options: (command) =>
    command
      .option('--event <id>', 'only what is about this event')
      .option('--since <time>', 'begun since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
      .option('--limit <count>', 'maximum number of entries to show', positive, 50),
  check: ({ io, options }) => parseOptionalSince(options.since, '--since', io.now()),
  run: list,
});

async function list(call: StageCall<ListOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  const { event, limit } = options;
  const since = parseOptionalSince(options.since, '--since', io.now());
  const found =
    event === undefined ? listAudit(stage, { since, now: io.now() }) : auditOf(stage, event, since);
  const entries: AuditEntry[] = [];
  let more = false;
  for await (const entry of found) {
    more = entries.length === limit;
    if (more) break;
    entries.push(entry);
  }
  showResult(call, { entries, more }, () => {
    if (entries.length === 0) {
      io.out('nothing is on record\n');
      hint(io, `entries are kept for ${stage.outputs.eventRetentionDays} days; CloudTrail is the proof`);
    } else showTable(call, entries);
    if (more) hint(io, `there are more: use --limit ${limit * 2}, or narrow the list with --since`);
  });
  return EXIT.ok;
}

const showTable = ({ io }: StageCall, entries: readonly AuditEntry[]): void =>
  io.out(
    table(io, entries, [
      { title: 'BEGUN', value: ({ at }) => ago(io, at) },
      { title: 'BY', value: ({ caller }) => shortCaller(caller) },
      { title: 'VERB', value: ({ verb, via }) => (via === 'console' ? `${verb} (console)` : verb) },
      { title: 'OUTCOME', value: (entry) => tinted(io, TONES[entry.outcome], outcomeInWords(entry)) },
      { title: 'TARGET', value: ({ target }) => target },
      { title: 'BECAUSE', value: ({ because = '-' }) => because },
    ]),
  );

const TONES: Record<AuditEntry['outcome'], string> = { done: 'ok', failed: 'bad', unknown: 'warning' };

export const auditCommand = verbGroup('audit', 'who changed what, and who read payloads', [listCommand]);
