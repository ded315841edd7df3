/** What the golden tests of the verbs use of the command and of the helpers of its tests: the one place to adapt. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, vi } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../../local/cyberdesk-api/server.ts';
import { LocalRunNotFoundError } from '../../../ops/errors.ts';
import { setApiKey } from '../../../ops/secrets/set.ts';
import { findDeployed } from '../../../ops/stage/deployed.ts';
import { awsError, stackOutputs, stubAws } from '../../ops/support/aws.ts';
import { type Ran, run } from '../../ops/support/command.ts';
import { makeUnknown } from '../../ops/support/unknown.ts';
import { useStage } from '../../ops/support/use-stage.ts';
import { type Action, type RuleDefinition, startRun } from './core.ts';
import { normalise } from './normalise.ts';

export const LISTENING = '11111111-1111-4111-8111-111111111111';
export const SILENT = '22222222-2222-4222-8222-222222222222';
const MINUTE = 60_000;

const names = new Map<string, string>([
  [LISTENING, 'workflow with webhooks'],
  [SILENT, 'workflow without webhooks'],
  [process.cwd(), 'project'],
]);

/** Exit code and JSON of a verb, with names in the place of ids and times. */
const shown = ({ code, out, err }: Ran): object =>
  normalise(
    { exit: code, ...(out && { out: parsed(out) }), ...(err && { err: parsed(err) }) },
    names,
  ) as object;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/** A stage over emulators with the core at work on it, and the verbs over that. */
export function useVerbs() {
  let api: CyberdeskApi;
  let directory: string;
  const here = useStage(async () => {
    api = await startCyberdeskApi({
      workflows: [
        { id: LISTENING, is_webhooks_enabled: true },
        { id: SILENT, is_webhooks_enabled: false },
      ],
    });
    return {
      name: 'local',
      outputs: { cyberdeskApiUrl: api.url },
      processor: { bundle: '', environment: {} },
    };
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'golden-'));
    vi.stubEnv('XDG_STATE_HOME', directory);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await api.close();
    await rm(directory, { recursive: true });
  });
  return {
    /** Calls a verb, with `input` on its standard input. */
    call: async (argv: string[], input = '') =>
      shown(await run([...argv, '--json'], { input, connect: async () => here.stage })),
    /** Delivers an event of a run that has ended, under an id that says what it is. */
    deliver: async (name: string, run: object = {}, envelope: object = {}) => {
      const change = { event_id: `event-${name}`, run: { id: `run-${name}`, ...run }, ...envelope };
      await here.service.deliver(change);
      // Lists are by time, in milliseconds: each event has one of its own.
      const now = Date.now();
      while (Date.now() === now) await new Promise((resolve) => setImmediate(resolve));
    },
    work: () => here.service.work(),
    refuseStarts: (refuse: boolean) => {
      here.service.answer = refuse
        ? { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false }
        : undefined;
    },
    loseResponses: () => {
      here.service.answer = { kind: 'failed', mayHaveTakenEffect: true };
    },
    /** Starts wait for ten minutes, and their outcome is not known. */
    throttleStarts: () => {
      const retryAfterMs = 10 * MINUTE;
      here.service.answer = { kind: 'failed', status: 429, retryAfterMs, mayHaveTakenEffect: true };
    },
    /** The outcome of the refused start of this event is unknown from now on. */
    makeUnknown: (name: string) => makeUnknown(here.stage, `event-${name}`, { workflow_id: LISTENING }),
    setRules: (...rules: RuleDefinition[]) => {
      here.service.rules = { rules };
    },
    /** The id of the latest run that was started. */
    started: () => here.service.created.at(-1)?.id as string,
    garbage: () =>
      here.stage.clients.sqs.send(
        new SendMessageCommand({ QueueUrl: here.stage.outputs.deadLetterQueueUrl, MessageBody: 'garbage' }),
      ),
    setApiKey: () => setApiKey(here.stage, 'cd_test'),
    /** A run at Cyberdesk that ended five minutes ago. */
    ended: (name: string, workflow_id: string) => {
      const run = api.seedRun({
        workflow_id,
        status: 'success',
        ended_at: new Date(Date.now() - 5 * MINUTE).toISOString(),
      });
      names.set(run.id, `run "${name}"`);
      return { id: run.id, workflow_id, status: run.status, ended_at: run.ended_at };
    },
  };
}

export const follow: RuleDefinition = {
  name: 'follow',
  status: 'success',
  actions: (): Action => startRun({ workflow_id: 'next' }),
};

/** The exit code of a verb that writes no document. */
export const exitOf = async (argv: string[]) => (await run(argv)).code;

/** A verb where nothing answers: the local run is away. */
export const callAway = async (argv: string[], input = '') =>
  shown(
    await run([...argv, '--json'], {
      input,
      connect: () => Promise.reject(new LocalRunNotFoundError('nothing answers')),
    }),
  );

/** A verb on a deployed stack that is there, or not, with these resources that would stay behind. */
export async function callDeployed(argv: string[], retained: Record<string, string> | undefined) {
  let isThere = retained !== undefined;
  const kept = Object.entries(retained ?? {});
  const Resources = Object.fromEntries(kept.map(([id, Type]) => [id, { Type, DeletionPolicy: 'Retain' }]));
  // As in a real template, an output names what holds the product's data.
  const Outputs = { SigningSecretName: { Value: { Ref: 'Secret' } } };
  const { clients } = stubAws({
    DescribeStacks: () =>
      isThere
        ? { Stacks: [{ StackStatus: 'CREATE_COMPLETE', Outputs: stackOutputs() }] }
        : awsError('ValidationError', 'Stack does not exist'),
    GetTemplate: { TemplateBody: JSON.stringify({ Resources, Outputs }) },
    ListStackResources: {
      StackResourceSummaries: kept.map(([LogicalResourceId, ResourceType]) => ({
        LogicalResourceId,
        ResourceType,
        PhysicalResourceId: LogicalResourceId.toLowerCase(),
        ResourceStatus: 'CREATE_COMPLETE',
      })),
    },
    DeleteSecret: {},
    DeleteStack: () => {
      isThere = false;
      return {};
    },
  });
  const find = (options: { stage: string }) => findDeployed({ ...options, region: 'eu-west-1' }, clients);
  return shown(await run([...argv, '--json'], { find }));
}
