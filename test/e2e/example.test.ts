import { expect, it } from 'vitest';
import { startLocal } from '../../local/run.ts';
import { TEST_APP } from '../support/test-app.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

it('a webhook is answered 503 if its message cannot be queued, and 200 when it is delivered again', async () => {
  const run = await startLocal({ app: TEST_APP }); // on a free port
  try {
    const event = runComplete();
    run.faults.plant({ call: 'sqs:SendMessage', function: 'verifier', do: 'fail', times: 'always' });
    expect(await deliver(run.webhookUrl, run.secret ?? '', event)).toMatchObject({ status: 503 });

    run.faults.clear();
    expect(await deliver(run.webhookUrl, run.secret ?? '', event)).toMatchObject({ status: 200 });
  } finally {
    await run.stop();
  }
});
