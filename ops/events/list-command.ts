import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { ago, hint, showResult, tinted } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { positive } from '../cli/values.ts';
import { type FilterOptions, readFilter, withEventFilter } from './filter-options.ts';
import { takeEvents } from './list.ts';
import type { EventSummary } from './summary.ts';

type ListOptions = FilterOptions & { limit: number };

/** `events list` */
export const listCommand = stageVerb({
  name: 'list',
  description: 'lists events, newest first',
  examples: ['events list', 'events list --stage prod --state failed --since 2d'],
  options: (command) =>
    withEventFilter(command).option('--limit <count>', 'most events to show', positive, 50),
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
  showResult(call, { events, more }, () => {
    if (events.length === 0) io.out(`no events in ${stage.stackName} match\n`);
    else showTable(call, events);
    if (more) hint(io, `there are more: use --limit ${options.limit * 2}, or narrow the list`);
  });
  return EXIT.ok;
}

const showTable = ({ io }: StageCall<ListOptions>, events: EventSummary[]): void =>
  io.out(
    table(events, [
      { title: 'RECEIVED', value: ({ received_at }) => ago(io, received_at) },
      { title: 'STATE', value: ({ state }) => tinted(io, state) },
      { title: 'STATUS', value: ({ status = '-' }) => tinted(io, status) },
      { title: 'EVENT', value: ({ event_id }) => event_id },
      { title: 'RUN', value: ({ run_id = '-' }) => run_id },
      { title: 'NOTE', value: noteOf },
    ]),
  );

const noteOf = ({ reason, duplicate_of, reopened, origin }: EventSummary): string =>
  [
    reason,
    duplicate_of && `copy of ${duplicate_of}`,
    reopened?.replaceAll('_', ' '),
    origin === 'webhook' ? undefined : origin,
  ]
    .filter(Boolean)
    .join(', ');
