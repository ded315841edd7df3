import { parseExact } from '../../lambda/json/parse.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { EXIT, type ExitCode, type StageCall, stageVerb, verbGroup } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { ago, hint, showResult, table, tinted } from '../cli/show.ts';
import { positive } from '../cli/values.ts';
import { linksOf } from '../logs/links.ts';
import { commandLine } from '../stage/command-line.ts';
import { describeEvent, readPayload } from './detail.ts';
import { eraseCommand } from './erase-command.ts';
import { type FilterOptions, readFilter, withEventFilter } from './filter.ts';
import { findMeant } from './find-meant.ts';
import { takeEvents } from './list.ts';
import { typeInWords } from './reasons.ts';
import { replayCommand } from './replay-command.ts';
import { saveCommand } from './save-command.ts';
import { settleCommand } from './settle-command.ts';
import { nextStep, showEvent, showLinks } from './show-event.ts';
import type { EventSummary } from './summary.ts';

const showCommand = auditedVerb<{ payload?: boolean }>({
  name: 'show',
  description: 'shows what happened to an event, from arrival to result',
  examples: ['events show 1f6d…', 'events show 1f6d… --payload'],
  options: (command) =>
    command
      .argument('<event>', 'event id, or the id of its run')
      .option('--payload', 'show the body, which may hold private data'),
  run: show,
});

async function show(call: AuditedCall<{ payload?: boolean }>): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const id = await findMeant(stage, args[0] ?? '');
  const payload = options.payload ? await payloadOf(call, id) : undefined;
  const event = await describeEvent(stage, id);
  const [next, links] = [nextStep(stage.target, event), await linksOf(stage, event)];
  showResult(call, { ...event, next, links, payload }, () => {
    showEvent(io, stage.target, event);
    if (links) showLinks(io, links);
    if (payload !== undefined) io.out(`\n${pretty(payload)}\n`);
  });
  return EXIT.ok;
}

const payloadOf = (call: AuditedCall, id: string): Promise<string> =>
  call.onRecord(`payload of event ${id}`, async (audited) => String(await readPayload(audited, id)));

function pretty(payload: string): string {
  try {
    return JSON.stringify(parseExact(payload), undefined, 2);
  } catch {
    return payload;
  }
}

type ListOptions = FilterOptions & { limit: number };

const listCommand = stageVerb({
  name: 'list',
  description: 'lists events, newest first',
  examples: ['events list', 'events list --state failed --since 2d'],
  options: (command) =>
    withEventFilter(command).option('--limit <count>', 'maximum number of events to show', positive, 50),
  check: ({ io, options }) => readFilter(options, io.now()),
  run: list,
});

async function list(call: StageCall<ListOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  const now = io.now();
  const { events, more } = await withProgress(call, (update) =>
    takeEvents(stage, readFilter(options, now), options.limit, {
      now,
      onDay: (day) => update(`searching ${day} …`),
    }),
  );
  const next = events.length === 0 ? nextAfterNone(call) : undefined;
  showResult(call, { events, more, next }, () => {
    if (next) {
      io.out(`no events in ${stage.stackName} match\n`);
      hint(io, `next: ${next}`);
    } else showTable(call, events);
    if (more) hint(io, `there are more: use --limit ${options.limit * 2}, or narrow the list`);
  });
  return EXIT.ok;
}

/** An event that is not there may never have arrived, or never have been sent. */
function nextAfterNone({ stage, given }: StageCall<ListOptions>): string {
  const verb = (...words: string[]) => `"${commandLine(stage.target, words)}"`;
  const isFiltered = Object.keys(given).some((option) => option !== 'limit');
  return isFiltered
    ? `widen the filter; if a run has ended and its event is missing, ${verb('reconcile')} finds it, and ${verb('doctor')} says whether deliveries are refused`
    : `send one with ${verb('send')}, or look for what never arrived with ${verb('doctor')}`;
}

const showTable = ({ io }: StageCall<ListOptions>, events: EventSummary[]): void =>
  io.out(
    table(io, events, [
      { title: 'RECEIVED', value: ({ received_at }) => ago(io, received_at) },
      { title: 'STATE', value: ({ state }) => tinted(io, state) },
      { title: 'STATUS', value: ({ status = '-' }) => tinted(io, status) },
      { title: 'EVENT', value: ({ event_id }) => event_id },
      { title: 'RUN', value: ({ run_id = '-' }) => run_id },
      { title: 'NOTE', value: noteOf },
    ]),
  );

const noteOf = (event: EventSummary): string => {
  const { type, reason, duplicate_of, reopened, origin } = event;
  return [
    type === 'run_complete' ? undefined : typeInWords(event),
    reason === 'not_json' ? undefined : reason,
    duplicate_of && `copy of ${duplicate_of}`,
    reopened?.replaceAll('_', ' '),
    origin === 'webhook' ? undefined : origin,
  ]
    .filter(Boolean)
    .join(', ');
};

export const eventsCommand = verbGroup('events', 'the events that were received, and their outcomes', [
  listCommand,
  showCommand,
  saveCommand,
  replayCommand,
  settleCommand,
  eraseCommand,
]);
