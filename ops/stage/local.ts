import { LocalRunAway } from '../errors.ts';
import { createClients } from './clients.ts';
import { readOutputs } from './outputs.ts';
import type { Stage } from './stage.ts';

/** What `GET /_local/stage` says. */
interface LocalStage {
  stage: string;
  stackName: string;
  region: string;
  endpoints: Record<string, string>;
  credentials: { accessKeyId: string; secretAccessKey: string };
  outputs: Record<string, string>;
}

/** Where `npm start` serves: `PORT`, or its default. */
export const localUrl = (environment: NodeJS.ProcessEnv = process.env): string =>
  `http://127.0.0.1:${environment.PORT || 8787}`;

/**
 * The local run: the same clients, pointed at its emulators.
 *
 * @throws LocalRunAway when nothing of ours listens there
 */
export async function connectLocal(url = localUrl()): Promise<Stage> {
  const { stackName, region, endpoints, credentials, outputs } = await ask(url);
  return {
    name: 'local',
    isLocal: true,
    stackName,
    region,
    outputs: readOutputs(stackName, outputs),
    clients: createClients({ region, credentials, endpoints }),
  };
}

async function ask(url: string): Promise<LocalStage> {
  const hint = 'start it with "npm start" (PORT names another port), or name a deployed stage: --stage dev';
  let response: Response;
  try {
    response = await fetch(`${url}/_local/stage`, { signal: AbortSignal.timeout(5000) });
  } catch (error) {
    throw new LocalRunAway(`the local run does not answer at ${url}: ${hint}`, { cause: error });
  }
  const answer = response.ok
    ? ((await response.json().catch(() => undefined)) as Partial<LocalStage> | undefined)
    : undefined;
  if (answer?.outputs === undefined) {
    throw new LocalRunAway(`what listens at ${url} is not the local run of this project: ${hint}`);
  }
  return answer as LocalStage;
}
