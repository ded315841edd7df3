import { type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { OperatorError } from '../errors.ts';
import { isObject } from '../json.ts';
import { readTemplate, type Template } from '../stage/deployed.ts';
import { isAwsError, toOperatorError } from '../stage/explain.ts';
import { allOf } from '../stage/pages.ts';
import { stackResources } from '../stage/resources.ts';
import type { Stage } from '../stage/stage.ts';
import { readLine, type Written } from './read-line.ts';

/** One line of a function's log. Field names are part of `--json`. */
export interface LogLine {
  /** ISO 8601. */
  at: string;
  function: string;
  line: Written;
}

export interface LogFilter {
  /** An id of an event, a run or a message: lines that contain it. */
  id?: string | undefined;
  /** Only lines of this function. */
  function?: string;
  /** Epoch milliseconds. */
  since: number;
  /** Of a deployed stage: no later ones. Epoch milliseconds. */
  until?: number;
}

/** A place where lines come from. Each call returns the lines since the one before, oldest first. */
export type LogReader = () => Promise<LogLine[]>;

/** A function whose lines could not be read, and why. Field names are part of `--json`. */
export interface UnreadLog {
  function: string;
  problem: string;
  next?: string | undefined;
}

/** Takes note of a function whose lines cannot be read while those of another can; without it, that is an error. */
export type OnUnread = (unread: UnreadLog) => void;

/** Reads the logs of all functions of a stage, from `filter.since` on. */
export const logsOf = async (stage: Stage, filter: LogFilter, onUnread?: OnUnread): Promise<LogReader> =>
  stage.localUrl ? localReader(stage.localUrl, filter) : (await deployedLogs(stage, filter, onUnread)).read;

/** The log groups of a deployed stage, and a reader of their lines. */
export async function deployedLogs(stage: Stage, filter: LogFilter, onUnread?: OnUnread) {
  const groups = (await logGroupsOf(stage)).filter(isOf(filter));
  return { groups, read: deployedReader(stage, groups, filter, onUnread) };
}

const isOf =
  (filter: LogFilter) =>
  (from: { function: string }): boolean =>
    filter.function === undefined || from.function === filter.function;

/** What `GET /_local/logs` shows of a line. */
interface LocalLine {
  time: number;
  function: string;
  text: string;
}

function localReader(url: string, filter: LogFilter): LogReader {
  const { id, since } = filter;
  let seen = 0;
  return async () => {
    const response = await fetch(`${url}/_local/logs`);
    // The local run of the same release answers.
    const { lines } = (await response.json()) as { lines: LocalLine[] };
    const fresh = lines
      .slice(seen)
      .filter(({ text, ...line }) => line.time >= since && hasId(text, id) && isOf(filter)(line));
    seen = lines.length;
    return fresh.flatMap(({ time, text, ...from }) => shownOf(time, from.function, text));
  };
}

const hasId = (text: string, id: string | undefined): boolean => id === undefined || text.includes(id);

/** Nothing if a line has only metrics. */
function shownOf(time: number, name: string, text: string): LogLine[] {
  const line = readLine(text);
  return line === undefined ? [] : [{ at: new Date(time).toISOString(), function: name, line }];
}

interface LogGroup {
  name: string;
  function: string;
}

/** The log groups of the stack's functions, by their logical ids. */
async function logGroupsOf(stage: Stage): Promise<LogGroup[]> {
  const [template, resources] = await Promise.all([readTemplate(stage), resourcesOf(stage)]);
  const functions = Object.entries(template.Resources ?? {}).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  return functions.flatMap(([logicalId, resource]) => {
    const group = logGroupIdOf(resource);
    const name = group === undefined ? undefined : resources.get(group);
    return name === undefined ? [] : [{ name, function: labelOf(logicalId, resource) }];
  });
}

type Resource = NonNullable<Template['Resources']>[string];

function logGroupIdOf({ Properties }: Resource): string | undefined {
  const config = Properties?.LoggingConfig;
  const group = isObject(config) ? config.LogGroup : undefined;
  return isObject(group) && typeof group.Ref === 'string' ? group.Ref : undefined;
}

/** The name that a function of the product has in metrics; of another, its logical id. */
function labelOf(logicalId: string, { Properties }: Resource): string {
  const environment = Properties?.Environment;
  const variables = isObject(environment) ? environment.Variables : undefined;
  const name = isObject(variables) ? variables.POWERTOOLS_SERVICE_NAME : undefined;
  return typeof name === 'string' ? name : logicalId;
}

async function resourcesOf(stage: Stage): Promise<Map<string, string>> {
  const all = await stackResources(stage);
  return new Map(
    all.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId]),
  );
}

function deployedReader(
  stage: Stage,
  groups: readonly LogGroup[],
  filter: LogFilter,
  onUnread: OnUnread | undefined,
): LogReader {
  const seen = new Set<string>();
  let newest = 0;
  // What a group could not be read for stays to be read: each goes on from where it was last read.
  const sources = groups.map((group) => ({ group, since: filter.since }));
  return async () => {
    const read = await Promise.allSettled(
      sources.map(({ group, since }) => eventsOf(stage, group, { ...filter, since })),
    );
    reportUnread(groups, read, onUnread);
    const found = read.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const fresh = found.filter(({ eventId }) => !seen.has(eventId));
    for (const { eventId, time } of fresh) {
      seen.add(eventId);
      newest = Math.max(newest, time);
    }
    for (const [index, source] of sources.entries())
      if (read[index]?.status === 'fulfilled') source.since = Math.max(source.since, newest - LATE);
    return fresh.sort((a, b) => a.time - b.time).map(({ shown }) => shown);
  };
}

/** @throws the first error, where that of one group is an error, or none could be read */
function reportUnread(
  groups: readonly LogGroup[],
  read: readonly PromiseSettledResult<unknown>[],
  onUnread: OnUnread | undefined,
): void {
  const unread = groups.flatMap((group, index) => {
    const each = read[index];
    return each?.status === 'rejected' ? [{ group, error: each.reason }] : [];
  });
  const [first] = unread;
  if (first !== undefined && (onUnread === undefined || unread.length === groups.length)) throw first.error;
  for (const { group, error } of unread) {
    const { problem, next } = toOperatorError(error);
    onUnread?.({ function: group.function, problem, next });
  }
}

/** Lines of different sandboxes arrive out of order, by at most so many milliseconds. */
const LATE = 60_000;

interface Found {
  eventId: string;
  /** Epoch milliseconds. */
  time: number;
  shown: LogLine;
}

async function eventsOf(
  { clients }: Stage,
  group: LogGroup,
  { id, since, until }: LogFilter,
): Promise<Found[]> {
  const events = await allOf<FilteredLogEvent>(async (nextToken) => {
    const command = new FilterLogEventsCommand({
      logGroupName: group.name,
      startTime: since,
      ...(until !== undefined && { endTime: until }),
      nextToken,
      ...(id !== undefined && { filterPattern: `"${id.replaceAll('"', '')}"` }),
    });
    const { events: items, nextToken: next } = await clients.logs.send(command);
    return { items, next };
  }).catch((error: unknown) => {
    throw isAwsError(error, 'ResourceNotFoundException') ? goneError(group, error) : error;
  });
  return events
    .filter(({ message = '' }) => hasId(message, id))
    .flatMap(({ eventId = '', timestamp: time = 0, message = '' }) =>
      shownOf(time, group.function, message).map((shown) => ({ eventId, time, shown })),
    );
}

/** CloudFormation does not notice that a log group was deleted by hand. */
const goneError = ({ name }: LogGroup, cause: Error): OperatorError =>
  new OperatorError(`the log group ${name} does not exist`, {
    next: `what the function logs from now on is kept once it is created again: aws logs create-log-group --log-group-name ${name}`,
    cause,
  });
