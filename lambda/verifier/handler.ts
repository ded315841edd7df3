import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Log } from '../adapters/log.ts';
import { SECOND, type VerifierMetric } from '../core/model/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { verifierEnvironment } from '../environment/verifier.ts';
import { verifierClients } from './aws-clients.ts';
import { awsVerifier } from './aws-ports.ts';
import { answerWebhook, type Verifier } from './verifier.ts';

const log = new Log<VerifierMetric>();
const verifier: Verifier = {
  ...awsVerifier(verifierClients(), readEnvironment(verifierEnvironment)),
  log: (level, message, facts) => log.line(level, message, facts),
  count: (metric) => log.count(metric),
};
// Not awaited: a Secrets Manager that hangs must not end the start of the sandbox. The first request waits this long at most.
const { secrets } = verifier.ports(verifier.machine.abortAfter(SECOND));
verifier.signingSecret.warm(secrets);
verifier.origin?.secret.warm(secrets);

export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  log.begin(context);
  try {
    return await answerWebhook(verifier, event);
  } finally {
    log.flush();
  }
}
