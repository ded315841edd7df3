import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { startAws } from '../../bench/aws.ts';
import { MUTATIONS } from './mutations.ts';
import { acceptedByScheme, acceptedBySvix } from './oracles.ts';
import { Random } from './random.ts';
import { type Draft, genuine, type Secrets } from './request.ts';
import { verifierEnvironment } from './verifier-environment.ts';

export interface Figures {
  requests: number;
  accepted: number;
  rejected: number;
  /** How often the two oracles disagreed; the verifier must reject these requests. */
  disagreed: number;
  /** Calls to Secrets Manager that these requests caused. */
  secretCalls: number;
}

/** The verifier gave a wrong response. The message has the seed and the request's number, never its content. */
export class DoorError extends Error {
  override name = 'DoorError';
}

const SECRETS: Secrets = {
  current: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  previous: `whsec_${Buffer.alloc(24, 2).toString('base64')}`,
  strange: `whsec_${Buffer.alloc(24, 3).toString('base64')}`,
};

/**
 * Sends mutated requests to the verifier's own handler and checks each response against two oracles.
 *
 * @throws DoorError at the first wrong response
 */
export async function fuzzDoor(
  requests: number,
  seed: number,
  onProgress = (_done: number) => {},
): Promise<Figures> {
  const aws = await startAws(SECRETS);
  Object.assign(process.env, verifierEnvironment(aws.url, 'fuzz'));
  const { handler } = await import('../../lambda/verifier/handler.ts');
  const figures: Figures = { requests, accepted: 0, rejected: 0, disagreed: 0, secretCalls: 0 };
  const random = new Random(seed);
  try {
    for (let number = 0; number < requests; number += 1) {
      const draft = genuine(random, SECRETS, Date.now());
      for (let bends = random.below(4); bends > 0; bends -= 1) random.pick(MUTATIONS)(draft, random, SECRETS);
      const event = toEvent(draft);
      const seen = {
        ...draft,
        body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
      };
      const [svix, scheme] = [acceptedBySvix(seen, SECRETS), acceptedByScheme(seen, SECRETS, Date.now())];
      const { statusCode } = await answerOf(handler, event, `seed ${seed}, request ${number}`);
      const expected = svix && scheme ? [200, 202] : [400];
      if (!expected.includes(statusCode as number)) {
        throw new DoorError(
          `seed ${seed}, request ${number}: answered ${statusCode}, but svix says ${svix} and the scheme says ${scheme}`,
        );
      }
      if (svix !== scheme) figures.disagreed += 1;
      if (expected[0] === 200) figures.accepted += 1;
      else figures.rejected += 1;
      if (number % 500 === 0) onProgress(number);
    }
  } finally {
    await aws.close();
  }
  return { ...figures, secretCalls: aws.calls.GetSecretValue ?? 0 };
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

async function answerOf(handler: Handler, event: APIGatewayProxyEventV2, where: string) {
  try {
    return await handler(event, {} as Context);
  } catch (error) {
    throw new DoorError(`${where}: the handler threw`, { cause: error });
  }
}

/** The event of API Gateway, with the body as text or base64. */
function toEvent({ headers, body, encoding }: Draft): APIGatewayProxyEventV2 {
  return {
    headers,
    body: body.toString(encoding === 'base64' ? 'base64' : 'utf8'),
    isBase64Encoded: encoding === 'base64',
    requestContext: { http: { sourceIp: '198.51.100.9', method: 'POST' } },
  } as unknown as APIGatewayProxyEventV2;
}
