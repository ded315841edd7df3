import { expect, it } from 'vitest';
import { callFailure } from '../../support/cyberdesk.ts';
import {
  AMBIGUOUS,
  candidate,
  foundRun,
  lookUp,
  lookUpPorts,
  NONE,
  startAction,
} from '../../support/look-up.ts';

const SIMILAR = { input_values: { a: 1, b: 2, pages: 10 } };

it('an action that no attempt has begun has left nothing, which costs no call', async () => {
  const { begun: _begun, ...untried } = startAction;
  const ports = lookUpPorts([foundRun('x')]);

  expect(await lookUp(ports, untried)).toEqual(NONE);
  expect(ports.cyberdesk.calls).toEqual([]);
});

it('a lookup of a single run does not ask for the session that the run is in', async () => {
  const run = foundRun('x', { session_id: 's' });
  const ports = lookUpPorts([run, foundRun('y', { workflow_id: 'other', session_id: 's' })]);
  const { findRuns } = ports.cyberdesk;
  ports.cyberdesk.findRuns = async (query, limit) =>
    query.sessionId === undefined ? findRuns(query, limit) : callFailure();

  expect(await lookUp(ports)).toEqual(candidate('x'));
});

it('a merely similar run is not taken because the equal one belongs to another action', async () => {
  const ports = lookUpPorts([foundRun('x'), foundRun('y', SIMILAR)], { x: { action: 'theirs' } });

  expect(await lookUp(ports)).toEqual(AMBIGUOUS);
});

it('a similar run that belongs to another action is not in the way of the equal one', async () => {
  const ports = lookUpPorts([foundRun('x'), foundRun('y', SIMILAR)], { y: { action: 'theirs' } });

  expect(await lookUp(ports)).toEqual(candidate('x'));
});
