import { followUps, secret, startRun } from '../../../lambda/rules/index.ts';
import { PORTAL } from './portal.ts';

export default followUps({
  name: 'book',
  status: 'success',
  actions: ({ run }) =>
    startRun({
      workflow_id: run.workflow_id,
      sensitive_input_values: { password: secret(PORTAL, 'password') },
    }),
});
