import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { it } from 'vitest';
import { run } from '../ops/support/command.ts';
import { useStage } from '../ops/support/use-stage.ts';
import { expectGolden } from './support/expect-golden.ts';
import { normalise } from './support/normalise.ts';

const here = useStage();

/** What is stored under `audit#`, in an order that does not depend on ids. */
async function stored(): Promise<unknown> {
  const { Items = [] } = await here.emulators.dynamoDb.send(
    new ScanCommand({ TableName: here.stage.outputs.tableName }),
  );
  const items = Items.map((item) => unmarshall(item)).filter(({ pk }) => pk.startsWith('audit#'));
  const shown = items.map((item) => normalise(item));
  return shown.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

it('what is put on record is stored as recorded', async () => {
  const event = await here.service.deliver({ event_id: 'event-1' });
  const connect = async () => here.stage;

  await run(['events', 'replay', event, '--because', 'ticket 4711'], { connect });
  await run(['events', 'settle', event, '--action', '1', '--skip'], { connect });
  await run(['api-key', 'set'], { connect, input: 'two words' });

  expectGolden('audit', await stored());
});
