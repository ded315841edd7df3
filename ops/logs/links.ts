import { MINUTE } from '../../lambda/core/model/index.ts';
import type { Stage } from '../stage/stage.ts';
import { deployedLogs } from './read-logs.ts';

/** Pages of the AWS console about an event. Field names are part of `--json`. */
export interface EventLinks {
  /** Of each function that has logged something about it. */
  logs: { function: string; url: string }[];
  /** Of each trace that X-Ray has kept. */
  traces: string[];
}

/** How long after an event was received its lines are looked for, if it is not finished. */
const SPAN = 15 * MINUTE;

interface About {
  event_id: string;
  received_at: string;
  finished_at?: string;
}

/**
 * Where the AWS console shows what the functions of a deployed stage have logged about an event. A trace is linked only if a
 * line names it: those that were not sampled do not exist.
 *
 * @returns undefined of the local run, and if no logs can be read: the event is explained without them
 */
export async function linksOf(stage: Stage, about: About): Promise<EventLinks | undefined> {
  if (stage.isLocal) return undefined;
  const { event_id: id, received_at, finished_at } = about;
  const since = Date.parse(received_at) - MINUTE;
  const until = (finished_at === undefined ? since + SPAN : Date.parse(finished_at)) + MINUTE;
  try {
    const { groups, read } = await deployedLogs(stage, { id, since, until }, () => undefined);
    const lines = await read();
    const speaking = groups.filter((group) => lines.some((line) => line.function === group.function));
    const traces = lines.flatMap(({ line }) =>
      typeof line !== 'string' && typeof line.xray_trace_id === 'string' ? [line.xray_trace_id] : [],
    );
    const cloudWatch = `${consoleOf(stage.region)}/cloudwatch/home?region=${stage.region}#`;
    return {
      logs: speaking.map((group) => ({
        function: group.function,
        url: cloudWatch + linesPage(group.name, { id, since, until }),
      })),
      traces: [...new Set(traces)].map((trace) => `${cloudWatch}xray:traces/${trace}`),
    };
  } catch {
    return undefined;
  }
}

/** That page wants what stands after its `?` escaped once more, and with `$` in place of `%`. */
function linesPage(
  group: string,
  { id, since, until }: { id: string; since: number; until: number },
): string {
  const once = encodeURIComponent;
  const escaped = (text: string) => once(text).replaceAll('%', '$');
  const filter = `?filterPattern=${once(`"${id.replaceAll('"', '')}"`)}&start=${since}&end=${until}`;
  return `logsV2:log-groups/log-group/${escaped(once(group))}/log-events${escaped(filter)}`;
}

/** Partitions have consoles of their own. */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'https://console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'https://console.amazonaws-us-gov.com';
  if (region.startsWith('eusc-')) return 'https://console.amazonaws-eusc.eu';
  return 'https://console.aws.amazon.com';
}
