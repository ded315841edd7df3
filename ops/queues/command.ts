import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { type Column, showResult, table } from '../cli/show.ts';
import { type Depth, queueDepths } from './depths.ts';

type Row = { name: string; depth: Depth };

const number = (title: string, field: keyof Depth): Column<Row> => ({
  title,
  value: ({ depth }) => String(depth[field]),
  align: 'right',
});

const COLUMNS: Column<Row>[] = [
  { title: 'QUEUE', value: ({ name }) => name },
  number('WAITING', 'visible'),
  number('IN FLIGHT', 'in_flight'),
  number('DELAYED', 'delayed'),
];

export const queuesCommand = stageVerb({
  name: 'queues',
  description: 'shows how many messages are waiting, being processed, or need a person',
  examples: ['queues --stage prod'],
  run: queues,
});

async function queues(call: StageCall): Promise<ExitCode> {
  const depths = await queueDepths(call.stage);
  const rows = [
    { name: 'queue', depth: depths.queue },
    { name: 'dead letters', depth: depths.dlq },
  ];
  showResult(call, depths, () => call.io.out(table(call.io, rows, COLUMNS)));
  return EXIT.ok;
}
