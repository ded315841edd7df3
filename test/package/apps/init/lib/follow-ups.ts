import { followUps, notify } from 'cyberdesk-webhooks/rules';

export default followUps({
  name: 'notify-the-clinic',
  status: 'success',
  actions: ({ run }) => notify(run.output_data ? 'A form was filled in' : 'A form was left empty'),
});
