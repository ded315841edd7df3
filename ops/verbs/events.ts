import { Command } from 'commander';
import { type Call, type Context, EXIT, type ExitCode, runs, verb } from '../cli/command.ts';
import { progress } from '../cli/progress.ts';
import { ago, showJson, tinted } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { describeEvent, readPayload } from '../events/detail.ts';
import { takeEvents } from '../events/list.ts';
import type { EventSummary } from '../events/summary.ts';
import { replayCommand } from './events-replay.ts';
import { type FilterOptions, filters, positive, readFilter } from './filter-options.ts';
import { showEvent } from './show-event.ts';

/** `events list | show | replay` */
export function eventsCommand(context: Context): Command {
  return new Command('events')
    .description('what came in, and what became of it')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(replayCommand(context));
}

type ListOptions = FilterOptions & { limit: number };

function listCommand(context: Context): Command {
  const command = filters(
    verb('list', 'lists events, newest first', [
      'events list',
      'events list --stage prod --state failed --since 2d',
    ]),
  ).option('--limit <count>', 'most events to show', positive, 50);
  return runs<ListOptions>(context, command, list, ({ io, options }) => {
    readFilter(options, io.now());
  });
}

async function list({ io, stage, options }: Call<ListOptions>): Promise<ExitCode> {
  const line = progress(io, !options.json);
  const onDay = (day: string) => line.update(`looking through ${day} …`);
  const filter = readFilter(options, io.now());
  const { events, more } = await takeEvents(stage, filter, options.limit, io.now(), onDay).finally(() =>
    line.done(),
  );
  if (options.json) {
    showJson(io, { events, more });
    return EXIT.ok;
  }
  if (events.length === 0) {
    io.out(`no events in ${stage.stackName} that match\n`);
    return EXIT.ok;
  }
  io.out(
    table<EventSummary>(events, [
      { title: 'RECEIVED', value: ({ received_at }) => ago(io, received_at) },
      { title: 'STATE', value: ({ state }) => tinted(io, state) },
      { title: 'STATUS', value: ({ status = '-' }) => tinted(io, status) },
      { title: 'EVENT', value: ({ event_id }) => event_id },
      { title: 'RUN', value: ({ run_id = '-' }) => run_id },
      { title: 'NOTE', value: noteOf },
    ]),
  );
  if (more) io.out(io.color.dim(`there are more: --limit ${options.limit * 2}, or narrow the list\n`));
  return EXIT.ok;
}

const noteOf = ({ reason, duplicate_of, reopened, origin }: EventSummary): string =>
  [
    reason,
    duplicate_of && `copy of ${duplicate_of}`,
    reopened?.replaceAll('_', ' '),
    origin === 'webhook' ? undefined : origin,
  ]
    .filter(Boolean)
    .join(', ');

function showCommand(context: Context): Command {
  const command = verb('show', "shows an event's way, from arrival to result", [
    'events show 1f6d…',
    'events show 1f6d… --payload',
  ])
    .argument('<event>', 'event id')
    .option('--payload', 'show the body, which may hold private data');
  return runs<{ payload?: boolean }>(context, command, async ({ io, stage, options, args: [id = ''] }) => {
    const event = await describeEvent(stage, id);
    const payload = options.payload ? Buffer.from(await readPayload(stage, id)).toString('utf8') : undefined;
    if (options.json) showJson(io, { ...event, ...(payload !== undefined && { payload }) });
    else showEvent(io, stage.target, event, payload);
    return EXIT.ok;
  });
}
