import { notify } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import rules from '../lib/follow-ups';

test('a filled form is announced', () => {
  const run = finishedRun({ output_data: { form: 'A4' } });

  expect(planFor(rules, run, { stage: 'live' })).toEqual({
    'notify-the-clinic': [notify('A form was filled in')],
  });
});
