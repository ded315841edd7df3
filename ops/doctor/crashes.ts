import { HOUR } from '../../lambda/core/model/index.ts';
import { plural } from '../cli/plural.ts';
import { logsOf } from '../logs/read-logs.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, warning } from './check.ts';

/** How Lambda logs an invocation that had no outcome of its own. */
const CRASH = /Error: Runtime exited|Task timed out/;

/** Functions of the local run that crashed or timed out in the last hour; of a deployed stage, alarms say that. */
export async function checkCrashes(stage: Stage, now: number): Promise<Finding> {
  const lines = await (await logsOf(stage, { since: now - HOUR }))();
  const crashed = lines.flatMap(({ function: name, line }) => (CRASH.test(String(line)) ? [name] : []));
  if (crashed.length === 0) return ok('crashes', 'no function has crashed in the last hour');
  const counts = [...new Set(crashed)].map(
    (name) => `${name} ${plural(crashed.filter((other) => other === name).length, 'time')}`,
  );
  return warning(
    'crashes',
    `functions crashed or timed out in the last hour: ${counts.join(', ')}; what they had begun is tried again`,
    `see what they have logged: ${commandLine(stage.target, ['logs'])}`,
  );
}
