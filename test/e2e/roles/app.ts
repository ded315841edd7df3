import { fileURLToPath } from 'node:url';
import { runApp } from '../../../lib/run-app.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const handler = here('../../lib/support/own-handler.ts');

/**
 * A stage with one function for each grant of the construct, so that the local run has credentials that allow just that:
 * a role in the template is all that a person or another program would have.
 */
await runApp(
  {
    dev: {
      protectData: false,
      rules: here('../../app/follow-ups.ts'),
      domain: {
        domainName: 'webhooks.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d',
      },
      originHeader: 'optional',
      destinations: Object.fromEntries(
        ['handler', 'receiver', 'reader', 'redrive', 'replay', 'settle', 'erase', 'restore', 'secrets'].map(
          (name) => [name, { handler }],
        ),
      ),
    },
  },
  ({ receiver }) => {
    const { receiver: own, reader, redrive, replay, settle, erase, restore, secrets } = receiver.destinations;
    if (!own || !reader || !redrive || !replay || !settle || !erase || !restore || !secrets)
      throw new Error('a handler was not built');
    receiver.grantReadEvent(own);
    receiver.grantReadEvents(reader);
    receiver.grantRedrive(redrive);
    receiver.grantReplay(replay);
    receiver.grantSettle(settle);
    receiver.grantErase(erase);
    receiver.grantRestore(restore);
    receiver.grantSetSecrets(secrets);
  },
);
