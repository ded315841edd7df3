import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { addStages } from '../../../lib/add-stages.ts';
import { ARCHIVE, BUS, ORDERED, TEAM } from './outside.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** An app that delivers to every kind of destination. */
const app = new App();
for (const stack of addStages(app, {
  dev: {
    protectData: false,
    rules: here('rules.ts'),
    destinations: {
      persist: { handler: here('../../../examples/persist-dynamodb/handlers/persist-run.ts') },
      failing: { handler: here('failing.ts') },
      archive: { queue: ARCHIVE },
      ordered: { queue: ORDERED },
      team: { function: TEAM },
      bus: { eventBus: BUS },
    },
  },
})) {
  const { persist } = stack.webhooks.destinations;
  if (!persist) throw new Error('the stack has not built the handler');
  const runs = new TableV2(stack, 'Runs', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  runs.grantWriteData(persist);
  persist.addEnvironment('RUNS_TABLE', runs.tableName);
}
