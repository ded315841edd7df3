import { deliver, followUps } from '../../lambda/rules/index.ts';

export default followUps({
  name: 'failed-checks-to-slack',
  failedChecks: true,
  actions: () => deliver('slack'),
});
