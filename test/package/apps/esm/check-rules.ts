import { notify } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import rules from './follow-ups.ts';

const planned = planFor(rules, finishedRun({ output_data: { form: 'A4' } }), { stage: 'live' });
const expected = { 'notify-the-clinic': [notify('A form was filled in')] };
if (JSON.stringify(planned) !== JSON.stringify(expected)) throw new Error(JSON.stringify(planned));
