import { followUps, notify } from 'cyberdesk-webhooks/rules';

export default followUps({
  name: 'notify-the-clinic',
  status: 'success',
  actions: ({ run }) => notify(run.workflow_id === '' ? 'never' : 'A form was filled in'),
});
