import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../lambda/adapters/cyberdesk-api.ts';
import { secretsManager } from '../../lambda/adapters/secrets-manager.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { type CallFailure, DAY } from '../../lambda/core/model/index.ts';
import { type Refusal, type SettlePorts, settle } from '../../lambda/core/process/index.ts';
import { NotReachableError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { queueOf, tableOf } from '../stage/table.ts';
import { type Deciding, settledInWords, whyRefused } from './settle-words.ts';
import { readEvent } from './store.ts';

/** The result of a decision. Field names are part of `--json`. */
export interface Settled {
  event_id: string;
  /** Its number, from 1. */
  action: number;
  outcome: 'settled' | 'refused';
  /** Why it was refused. */
  refusal?: Refusal['kind'];
  /** Runs that are the action's result now. */
  run_ids: string[];
  /** Numbers of the event's actions that still need a decision. */
  undecided: number[];
  /** The event continues: no other decision is needed. */
  reopened: boolean;
  /** What came of it, or why it was refused. */
  text: string;
  /** What to do instead, where it was refused. */
  next?: string;
}

/**
 * Settles an action with an unknown outcome. May be repeated: the same decision is recorded once.
 *
 * @throws UnknownEventError
 * @throws NotReachableError if Cyberdesk's API does not return the named run
 */
export async function settleAction(stage: AuditedStage, deciding: Deciding): Promise<Settled> {
  const { eventId, number, choice } = deciding;
  const event = await readEvent(stage, eventId);
  await stage.trail.mark(event.event_id);
  const wish = { position: number - 1, choice, by: stage.trail.caller };
  const settlement = await settle(portsOf(stage), event, wish);
  const base = { event_id: eventId, action: number };
  if (settlement.kind === 'refused') {
    const { refusal } = settlement;
    if (refusal.kind === 'unanswered') throw notAnswered(stage, refusal.failure);
    const { problem: text, next } = whyRefused(deciding, refusal);
    return {
      ...base,
      outcome: 'refused',
      refusal: refusal.kind,
      run_ids: [],
      undecided: [],
      reopened: false,
      text,
      ...(next !== undefined && { next }),
    };
  }
  const undecided = settlement.undecided.map((position) => position + 1);
  const text = settledInWords(deciding, undecided);
  const { runIds } = settlement;
  return { ...base, outcome: 'settled', run_ids: runIds, undecided, reopened: undecided.length === 0, text };
}

/** What a person wants, for the audit. */
export const decidingInWords = ({ eventId, number, choice }: Deciding): string =>
  [`event ${eventId}`, `action ${number}`, choice.kind, choice.kind === 'run' ? choice.runId : []]
    .flat()
    .join(', ');

/** What came of it, for the audit. */
export const resultOf = ({ outcome, refusal }: Settled): string =>
  refusal === undefined ? outcome : `${outcome}: ${refusal}`;

function portsOf(stage: AuditedStage): SettlePorts {
  const { outputs, clients } = stage;
  const apiKey = new ApiKey(outputs.apiKeySecret, nodeSystem);
  return {
    table: tableOf(stage),
    queue: queueOf(stage),
    system: nodeSystem,
    cyberdesk: cyberdeskApi({ baseUrl: outputs.cyberdeskApiUrl }, apiKey, secretsManager(clients.secrets)),
    settings: {
      installation: outputs.installation,
      completionRetention: outputs.completionRetentionDays * DAY,
    },
  };
}

function notAnswered({ target }: Stage, { status, keyNotSet }: CallFailure): NotReachableError {
  const doctor = commandLine(target, ['doctor']);
  const how = status === undefined ? 'no response' : `HTTP ${status}`;
  return new NotReachableError(
    keyNotSet
      ? 'the API key is not set, so Cyberdesk cannot be asked about the run'
      : `Cyberdesk's API did not return that run (${how})`,
    { next: `check it with "${doctor}", then repeat the command; nothing was decided` },
  );
}
