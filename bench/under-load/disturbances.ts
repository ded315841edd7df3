import type { Fault } from '../../local/faults/faults.ts';

const STARTS = 'cyberdesk:POST /v1/runs';

/** Processes that are killed at their calls, before the call and after it. */
const KILLS: readonly Fault[] = [
  { call: 'dynamodb:PutItem', function: 'verifier', do: 'kill' },
  { call: 'dynamodb:PutItem', function: 'verifier', do: 'kill', when: 'after' },
  { call: 'sqs:SendMessage', function: 'verifier', do: 'kill', when: 'after' },
  { call: 'dynamodb:PutItem', function: 'processor', do: 'kill' },
  { call: 'dynamodb:PutItem', function: 'processor', do: 'kill', when: 'after' },
  { call: STARTS, function: 'processor', do: 'kill' },
  { call: STARTS, function: 'processor', do: 'kill', when: 'after' },
  { call: 'sns:Publish', function: 'processor', do: 'kill', when: 'after' },
];

/** Calls that fail, or whose response is lost. */
const FAILURES: readonly Fault[] = [
  { call: 'dynamodb:PutItem', do: 'fail' },
  { call: 'dynamodb:PutItem', do: 'drop', when: 'after' },
  { call: 'dynamodb:GetItem', do: 'fail', error: 'ThrottlingException', status: 400 },
  { call: 'sqs:SendMessage', do: 'fail' },
  { call: 'sqs:SendMessage', do: 'drop', when: 'after' },
  { call: 'sns:Publish', do: 'drop', when: 'after' },
  { call: STARTS, do: 'fail' },
  { call: STARTS, do: 'fail', status: 429, headers: { 'retry-after': '1' } },
  { call: STARTS, do: 'drop' },
  { call: STARTS, do: 'drop', when: 'after' },
  { call: STARTS, do: 'delay', ms: 2000 },
  { call: 'lambda:Invoke', do: 'twice' },
];

/** How many calls may pass before one is hit. */
const AHEAD = 20;

/** The next disturbance: as often a kill as a failure. @param random as `Math.random` */
export function nextFault(random: () => number): Fault {
  const among = random() < 0.5 ? KILLS : FAILURES;
  const fault = among[Math.floor(random() * among.length)] ?? { call: '*', do: 'fail' };
  return { ...fault, nth: 1 + Math.floor(random() * AHEAD) };
}

/** When the whole run is killed, as shares of the time: in the first half, since memory is judged in the second. */
export const WHOLE_KILLS = [0.1, 0.25, 0.4];
