import { deliver, followUps } from 'cyberdesk-webhooks/rules';

export default followUps({
  name: 'persist-run',
  actions: () => deliver('persist'),
});
