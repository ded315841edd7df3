import { EXIT, type ExitCode, type StageCall, stageVerb, verbGroup } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { ago, hint, showResult, table, tinted } from '../cli/show.ts';
import { positive } from '../cli/values.ts';
import { commandLine } from '../stage/command-line.ts';
import { type FilterOptions, readFilter, withEventFilter } from './filter.ts';
import { takeEvents } from './list.ts';
import { typeInWords } from './reasons.ts';
import type { EventSummary } from './summary.ts';

type ListOptions = FilterOptions & { limit: number };

export const listCommand = stageVerb({
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

export const EVENTS = 'the events that were received, and their outcomes';

/** The group with this verb alone, which is called more often than all others and needs little of what they load. */
export const onlyListCommand = verbGroup('events', EVENTS, [listCommand]);
