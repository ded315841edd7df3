import { deliver, followUps } from 'cyberdesk-webhooks/rules';

export default followUps({
  name: 'failed-checks-to-slack',
  failedChecks: true,
  actions: () => deliver('slack'),
});
