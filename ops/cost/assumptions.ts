import { DAY, MINUTE, OPEN_SHARDS } from '../../lambda/core/model/index.ts';

/** Minutes in an average month. */
export const MONTH_MINUTES = (365 / 12) * (DAY / MINUTE);

/** Index queries of one sweep: each shard for its oldest event, and for those that may have lost their messages. */
export const SHARDS_READ = 2 * OPEN_SHARDS;

/** What neither a template nor the code says. Times in seconds, sizes in bytes. */
export const USE = {
  /** Billed time of a warm verifier and processor, without waiting for Cyberdesk. */
  verifierSeconds: 0.03,
  processorSeconds: 0.06,
  /** Until Cyberdesk has answered one call. */
  callSeconds: 0.4,
  sweeperSeconds: 0.2,
  /** A receive and a delete per message: at this load messages arrive one by one. */
  receivesAndDeletes: 2,
  /** A function's own lines, its metrics, and Lambda's three lines, per invocation. */
  logBytes: 1200,
  accessLogBytes: 500,
  /** Stored logs are compressed. */
  logCompression: 0.15,
  logMonths: 3,
  /** Lambda polls a queue with five long polls at a time. */
  pollers: 5,
  pollSeconds: 20,
} as const;

/** The same in words, below the tables. */
export const ASSUMPTIONS = [
  `billed time per event: verifier ${USE.verifierSeconds * 1000} ms, processor ${USE.processorSeconds * 1000} ms plus ${USE.callSeconds * 1000} ms per follow-up (Cyberdesk's answer)`,
  'no free tier, first price tier, no retries; messages are received one by one',
  `logs: ${USE.logBytes} bytes per invocation, ${USE.accessLogBytes} per request`,
  'metrics: one per name that the functions and log filters write, as each has one dimension (stack); billed for each hour in which it is written, here every hour of the month',
];
