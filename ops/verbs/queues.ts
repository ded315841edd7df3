import type { Command } from 'commander';
import { type Context, EXIT, runs, verb } from '../cli/command.ts';
import { showJson } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { type Depth, queueDepths } from '../queues/depths.ts';

/** `queues` */
export function queuesCommand(context: Context): Command {
  const command = verb('queues', 'how many messages wait, are being worked on, or need a person', [
    'queues --stage prod',
  ]);
  return runs(context, command, async ({ io, stage, options }) => {
    const depths = await queueDepths(stage);
    if (options.json) {
      showJson(io, depths);
      return EXIT.ok;
    }
    const number = (title: string, value: (depth: Depth) => number) => ({
      title,
      value: ({ depth }: { depth: Depth }) => String(value(depth)),
      align: 'right' as const,
    });
    io.out(
      table(
        [
          { name: 'queue', depth: depths.queue },
          { name: 'dead letters', depth: depths.dlq },
        ],
        [
          { title: 'QUEUE', value: ({ name }) => name },
          number('WAITING', ({ visible }) => visible),
          number('IN FLIGHT', ({ in_flight }) => in_flight),
          number('DELAYED', ({ delayed }) => delayed),
        ],
      ),
    );
    return EXIT.ok;
  });
}
