import { MissingOutputError } from '../errors.ts';
import type { Clients } from './clients.ts';
import type { Target } from './command-line.ts';

export const STAGE_NAMES = ['local', 'dev', 'prod'] as const;
/** The local run and the stages that the app ships with; an app may define others. */
export type StageName = (typeof STAGE_NAMES)[number] | (string & {});

/** A connected stage: what every verb and the page work on. The local run and a deployed stack look the same. */
export interface Stage {
  readonly name: StageName;
  readonly isLocal: boolean;
  /** Where the local run serves. */
  readonly localUrl?: string;
  /** Whether its follow-ups start at the fake API of the local run, which starts nothing. */
  readonly hasFakeApi?: boolean;
  /** Its template, if that is a file on this machine. */
  readonly templateFile?: string;
  /** Its processor, if that runs on this machine. */
  readonly processor?: ProcessorFunction;
  readonly stackName: string;
  /** When the stack was created, or the local run started; epoch milliseconds. */
  readonly since: number;
  readonly region: string;
  readonly outputs: StageOutputs;
  readonly clients: Clients;
  /** How the caller named it, for the calls that messages suggest. */
  readonly target: Target;
}

/** The function that asks the rules. */
export interface ProcessorFunction {
  /** Absolute path of its bundle, a module. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A stage whose stack is known, but not its outputs: a stack that was never created in full has none. */
export type FoundStage = Omit<Stage, 'outputs'>;

/** Stages where a mistake costs something: all but the local run and `dev`. */
export const asksFirst = ({ isLocal, name }: Pick<Stage, 'isLocal' | 'name'>): boolean =>
  !isLocal && name !== 'dev';

/** `CyberdeskWebhooks-dev`, or `CyberdeskWebhooks-<name>-dev`; `lib/add-stages.ts` says the same. */
export const stackNameOf = (stage: string, name?: string): string =>
  ['CyberdeskWebhooks', name, stage].filter(Boolean).join('-');

/** Values of the stack's outputs, which `lib/outputs.ts` names. */
export type StageOutputs = ReturnType<typeof readOutputs>;

/** @throws MissingOutputError if the stack is of another release, or of another project */
export function readOutputs(stackName: string, values: Record<string, string | undefined>) {
  const need = (key: string): string => {
    const value = values[key];
    if (value) return value;
    throw new MissingOutputError(`stack ${stackName} has no output "${key}"`, {
      next: 'deploy it again with this release, or name another stack with --name',
    });
  };
  const { AlarmTopicArn, TicketTopicArn, CyberdeskApiUrl } = values;
  const { EncryptionKeyArn, PreviousEncryptionKeyArns } = values;
  return {
    webhookUrl: need('WebhookUrl'),
    signingSecret: need('SigningSecretName'),
    apiKeySecret: need('ApiKeySecretName'),
    tableName: need('TableName'),
    queueUrl: need('QueueUrl'),
    deadLetterQueueUrl: need('DlqUrl'),
    /** Part of every idempotency key. */
    installation: need('Installation'),
    ...(AlarmTopicArn && { alarmTopicArn: AlarmTopicArn }),
    ...(TicketTopicArn && { ticketTopicArn: TicketTopicArn }),
    /** Key that encrypts everything that is stored, if one is set; and those that did before. */
    ...(EncryptionKeyArn && { encryptionKeyArn: EncryptionKeyArn }),
    previousEncryptionKeyArns: PreviousEncryptionKeyArns?.split(',') ?? [],
    /** Where calls to Cyberdesk go. */
    cyberdeskApiUrl: (CyberdeskApiUrl || 'https://api.cyberdesk.io').replace(/\/+$/, ''),
    ...reliance(values),
    /** Days that the previous signing secret is accepted after a rotation; unknown of a stack of an earlier release. */
    ...(values.PreviousSecretGraceDays && {
      previousSecretGraceDays: Number(values.PreviousSecretGraceDays),
    }),
    /** Days that a finished event is kept. */
    eventRetentionDays: days(values.EventRetentionDays, 90),
    bodyRetentionDays: days(values.BodyRetentionDays ?? values.EventRetentionDays, 90),
    /** Days that the record of what was done for a completion is kept. */
    completionRetentionDays: days(values.CompletionRetentionDays, 180),
  };
}

/** What the stage relies on; empty where a release before `verify-api` is deployed. */
function reliance({ IdempotencyKeySeconds, RepeatUnanswered }: Record<string, string | undefined>): {
  /** Seconds for which Cyberdesk is expected to remember an idempotency key. */
  idempotencyKeySeconds?: number;
  /** Whether calls without a response are sent again at once. */
  repeatUnanswered?: boolean;
} {
  if (IdempotencyKeySeconds === undefined) return {};
  return {
    idempotencyKeySeconds: Number(IdempotencyKeySeconds),
    repeatUnanswered: RepeatUnanswered !== 'false',
  };
}

const days = (text: string | undefined, otherwise: number): number => {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : otherwise;
};
