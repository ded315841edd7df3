import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../lambda/adapters/cyberdesk-api.ts';
import { SigningSecretCache } from '../../lambda/core/authenticate/signing-secret.ts';
import type { WorkerSettings } from '../../lambda/core/completion/worker.ts';
import type { Cyberdesk, Key, Secrets, Table } from '../../lambda/core/model/index.ts';
import { DAY, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { PauseGate } from '../../lambda/core/pause/pause-gate.ts';
import type { SweepPorts } from '../../lambda/core/sweep/index.ts';
import type { Processor } from '../../lambda/processor/processor.ts';
import { RefusalLog } from '../../lambda/verifier/refusal-log.ts';
import type { Verifier } from '../../lambda/verifier/verifier.ts';
import type { Listed } from './model/open-index.ts';
import {
  type Caller,
  deadLetterPort,
  destinationsPort,
  hidePort,
  queuePort,
  resendPort,
  secretsPort,
  sweepReads,
  tablePort,
  topicsPort,
} from './ports.ts';
import { asPrevious, NO_ARRIVALS, seen } from './releases.ts';
import { API_KEY, DESTINATION, EVENT_RETENTION, MAX_DEPTH, SECRET_ID, SIGNING_SECRET } from './rules.ts';
import type { Sandbox } from './sandbox.ts';
import { transportOf } from './transport.ts';
import type { WorldParts } from './world-parts.ts';

export const FUNCTION_TIMEOUT = 55 * SECOND;
export const SWEEPER_TIMEOUT = 2 * MINUTE;
const API_URL = 'https://api.cyberdesk.io';

const SETTINGS: WorkerSettings = {
  installation: 'account/region/stack',
  stage: 'dev',
  workflowIds: {},
  maxFollowUpDepth: MAX_DEPTH,
  sensitiveSecretArns: [SECRET_ID],
  destinations: [DESTINATION],
  handlers: [],
  tableName: 'table',
  apiUrl: API_URL,
  lease: MINUTE,
  idempotencyKeyLifetime: 70 * SECOND,
  repeatUnanswered: true,
  eventRetention: EVENT_RETENTION,
  bodyRetention: EVENT_RETENTION,
  completionRetention: 180 * DAY,
};

/** What an installation is set to. */
export const settingsOf = ({ plant }: WorldParts): WorkerSettings => ({ ...SETTINGS, ...plant.settings });

export type ProcessorParts = Pick<
  Processor,
  'ports' | 'hide' | 'gate' | 'machine' | 'settings' | 'functionTimeout'
>;
export type VerifierParts = Pick<
  Verifier,
  'ports' | 'signingSecret' | 'origin' | 'machine' | 'isAllowed' | 'retentionDays' | 'refusals'
>;
export type SweeperParts = (
  remaining: number,
) => Omit<SweepPorts, 'reportAge' | 'reportWaiting' | 'reportResent'>;

/** Receives a message, and whether the SDK has sent it before. */
export type Send = (body: string, isRepeat: boolean) => void;

/** What a sweep sees, and where it sends. */
export interface SweepView {
  /** What the open index shows, which lags a little. */
  isListed: Listed;
  /** What the index of arrivals shows, which lags as well. */
  hasArrived: Listed;
  send: Send;
  /** The queue has answered how long it is. */
  onBacklog(messages: number): void;
}

/** The parts of the functions that depend on where they run: over the models at once, or over AWS clients. */
export interface Functions {
  processor(sandbox: Sandbox): ProcessorParts;
  /** @param sendNow Where messages of the present request go; one that was given up may still arrive later. */
  verifier(sandbox: Sandbox, sendNow: () => Send): VerifierParts;
  sweeper(sandbox: Sandbox, view: SweepView): SweeperParts;
}

/** The core over ports that are the models themselves: fast. */
export function overPorts(world: WorldParts): Functions {
  const callerOf = (sandbox: Sandbox): Caller => ({
    sandbox,
    attempts: () => world.attempts(),
    isPatient: world.plant.isPatient ?? false,
  });
  const settings = settingsOf(world);
  return {
    processor(sandbox) {
      const { machine } = sandbox;
      const apiKey = new ApiKey(API_KEY, machine);
      return {
        ports(signal) {
          const caller = { ...callerOf(sandbox), signal };
          const secrets = secretsPort(caller, world.secrets);
          return {
            table: tableOf(caller, world),
            deadLetters: deadLetterPort(caller, (...message) => world.deadLetter(...message)),
            cyberdesk: apiPort(world, sandbox, secrets, { ...settings, apiKey }),
            secrets,
            topics: topicsPort(caller, (id) => world.oracle.onAnnounced(id)),
            destinations: destinationsPort(caller, (id) => world.oracle.onAnnounced(id)),
          };
        },
        hide: hidePort(callerOf(sandbox), (handle, duration) => world.hide(handle, duration)),
        gate: new PauseGate(machine, settings.lease),
        machine,
        settings,
        functionTimeout: FUNCTION_TIMEOUT,
      };
    },
    verifier(sandbox, sendNow) {
      const { machine } = sandbox;
      return {
        ports(signal) {
          const caller = { ...callerOf(sandbox), signal };
          return {
            table: tableOf(caller, world),
            secrets: secretsPort(caller, world.secrets),
            queue: queuePort(caller, sendNow()),
          };
        },
        signingSecret: new SigningSecretCache(
          { secretId: SIGNING_SECRET, cache: 5 * MINUTE, previousGrace: 7 * DAY },
          machine,
        ),
        machine,
        origin: undefined,
        isAllowed: () => true,
        retentionDays: settings.eventRetention / DAY,
        refusals: new RefusalLog(),
      };
    },
    sweeper(sandbox, { isListed, hasArrived, send, onBacklog }) {
      const caller = callerOf(sandbox);
      const { machine } = sandbox;
      const queue = resendPort(caller, world.queue, send);
      return (remaining) => ({
        ...readsOf(caller, world, { isListed, hasArrived }),
        table: tableOf(caller, world),
        queue: {
          ...queue,
          async backlog() {
            const messages = await queue.backlog();
            onBacklog(messages);
            return messages;
          },
        },
        system: machine,
        deadline: machine.now() + remaining - 15 * SECOND,
      });
    },
  };
}

/** The table as the release of a process sees it. */
function tableOf(caller: Caller, world: WorldParts): Table {
  const table = tablePort(caller, world.table);
  return caller.sandbox.isPrevious ? asPrevious(table) : table;
}

function readsOf(caller: Caller, world: WorldParts, view: Pick<SweepView, 'isListed' | 'hasArrived'>) {
  const reads = sweepReads(caller, world.table, view);
  if (!caller.sandbox.isPrevious) return reads;
  const reader = { getAll: async (keys: readonly Key[]) => (await reads.reader.getAll(keys)).map(seen) };
  return { ...reads, arrivals: NO_ARRIVALS, reader };
}

/** Cyberdesk's API as a process sees it. */
export const apiPort = (
  world: WorldParts,
  sandbox: Sandbox,
  secrets: Secrets,
  {
    apiKey = new ApiKey(API_KEY, sandbox.machine),
    repeatUnanswered = true,
  }: { apiKey?: ApiKey; repeatUnanswered?: boolean } = {},
): Cyberdesk => cyberdeskApi({ ...clientOptions(world, sandbox), repeatUnanswered }, apiKey, secrets);

/** The real client of Cyberdesk's API, over the modelled transport. */
export const clientOptions = (world: WorldParts, sandbox: Sandbox) => ({
  ...transportOf(sandbox, (request) => world.arrive(request), {
    rng: world.profile.fixed ? undefined : world.rng,
    habit: world.habit,
  }),
  baseUrl: API_URL,
});
