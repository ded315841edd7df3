import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { readTrial, type Trial } from '../verify-api/kept.ts';
import { type Finding, info, ok, warning } from './check.ts';

/** Compares what the last `verify-api` showed about the API with what the stage relies on. */
export async function checkApiTrial(stage: Stage): Promise<Finding[]> {
  const check = 'verify-api';
  const trial = await readTrial(stage);
  const command = commandLine(stage.target, ['verify-api'], { workflow: trial?.workflow_id ?? '<id>' });
  if (!trial)
    return [info(check, `the assumptions about Cyberdesk's API have not been verified; run ${command}`)];
  const findings = [...judgeKey(stage, trial, command), ...judgeOthers(trial, command)];
  if (findings.length > 0) return findings;
  const held = trial.results.filter(({ state }) => state === 'holds').length;
  return [ok(check, `${held} of ${trial.results.length} assumptions held at ${trial.at}`)];
}

const isKey = (check: string): boolean => check.startsWith('key-');

function judgeKey({ outputs }: Stage, trial: Trial, command: string): Finding[] {
  const { idempotencyKeySeconds: wanted = 0, repeatUnanswered } = outputs;
  const broken = trial.results.find(({ check, state }) => isKey(check) && state === 'broken');
  if (broken && repeatUnanswered === false)
    return [
      ok('verify-api', `${broken.text} (${trial.at}); repeatUnanswered is false, so nothing depends on it`),
    ];
  if (broken) return [warning('verify-api', `${broken.text} (${trial.at})`, broken.next ?? command)];
  if (trial.key_seconds >= wanted || repeatUnanswered === false) return [];
  const unclear = trial.results.find(({ check, state }) => isKey(check) && state === 'weak');
  if (unclear) return [warning('verify-api', `${unclear.text} (${trial.at})`, unclear.next ?? command)];
  const text = `the stage relies on idempotency keys for ${wanted} s; they were observed to last ${trial.key_seconds} s (${trial.at})`;
  return [
    warning(
      'verify-api',
      text,
      `${command} --longest ${wanted}s; or set idempotencyKeySeconds to what it shows`,
    ),
  ];
}

function judgeOthers({ at, results }: Trial, command: string): Finding[] {
  return results
    .filter(({ check }) => !isKey(check))
    .flatMap(({ state, text, next = command }) => {
      if (state === 'broken') return [warning('verify-api', `${text} (${at})`, next)];
      return state === 'weak' ? [info('verify-api', `${text} (${at}); ${next}`)] : [];
    });
}
