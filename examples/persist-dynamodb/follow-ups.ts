import { deliver, followUps } from '../../lambda/rules/index.ts';

export default followUps({
  name: 'persist-run',
  actions: () => deliver('persist'),
});
