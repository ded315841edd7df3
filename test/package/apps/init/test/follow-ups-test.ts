import { notify } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import rules from '../lib/follow-ups';

test('a filled form is announced', () => {
  expect(planFor(rules, finishedRun(), { stage: 'live' })).toEqual({
    'notify-the-clinic': [notify('A form was filled in')],
  });
});
