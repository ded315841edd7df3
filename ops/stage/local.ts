import { join } from 'node:path';
import { SECOND } from '../../lambda/core/model/index.ts';
import { LocalRunNotFoundError } from '../errors.ts';
import { isObject } from '../json.ts';
import { createClients } from './clients.ts';
import { LOCAL_PORT, localTarget } from './command-line.ts';
import { getLocalJson } from './local-json.ts';
import { readOutputs, type Stage } from './stage.ts';

/** The part of `GET /_local/stack` that is needed here. */
export interface LocalStack {
  stack: string;
  /** File of the template that it runs, absolute. */
  template: string;
  /** ISO 8601. */
  started_at: string;
  region: string;
  aws_endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  cyberdesk_url: string;
  /** Whether that is the fake API of this run. */
  cyberdesk_is_fake?: boolean;
  outputs: Record<string, string>;
  functions: { label: string; environment: Record<string, string>; code: string }[];
}

/** Where `npm start` serves: on the port that was named, that of `PORT`, or its default. */
export const localUrl = (port = process.env.PORT): string => `http://127.0.0.1:${port || LOCAL_PORT}`;

/** The local run: the same clients, pointed at its emulators. @throws LocalRunNotFoundError if it does not answer */
export async function connectLocal(url = localUrl()): Promise<Stage> {
  return localStage(url, await ask(url));
}

/** The local run at `url` as a stage, from what it says of itself. */
export function localStage(url: string, described: LocalStack): Stage {
  const {
    stack,
    template,
    started_at,
    region,
    aws_endpoint,
    credentials,
    outputs,
    cyberdesk_url,
    functions,
  } = described;
  const processor = functions.find(({ label }) => label === 'processor');
  return {
    name: 'local',
    isLocal: true,
    localUrl: url,
    hasFakeApi: described.cyberdesk_is_fake === true,
    templateFile: template,
    ...(processor && {
      processor: { bundle: join(processor.code, 'index.mjs'), environment: processor.environment },
    }),
    stackName: stack,
    since: Date.parse(started_at),
    region,
    outputs: readOutputs(stack, {
      ...outputs,
      CyberdeskApiUrl: cyberdesk_url,
    }),
    clients: createClients({ region, credentials, endpoint: aws_endpoint }),
    target: localTarget(url),
  };
}

const NEXT =
  'start it with "npm start" (--stage local:9000 for another port), or name a deployed stage: --stage dev';

async function ask(url: string): Promise<LocalStack> {
  const answer = await getLocalJson(`${url}/_local/stack`).catch(async (cause: unknown) => {
    if (await isStarting(url))
      throw new LocalRunNotFoundError(`the local run at ${url} is being started`, {
        next: 'try again when it says "ready"',
        cause,
      });
    throw new LocalRunNotFoundError(`the local run does not answer at ${url}`, { next: NEXT, cause });
  });
  if (!isLocalStack(answer)) {
    throw new LocalRunNotFoundError(`the server at ${url} is not the local run of this project`, {
      next: NEXT,
    });
  }
  return answer;
}

/** Whether the local run takes requests, and answers them once it has been started. */
async function isStarting(url: string): Promise<boolean> {
  const answer = await getLocalJson(`${url}/_local/health`, SECOND).catch(() => undefined);
  return isObject(answer) && answer.status === 'starting';
}

const isLocalStack = (answer: unknown): answer is LocalStack =>
  isObject(answer) && answer.outputs !== undefined && answer.functions !== undefined;
