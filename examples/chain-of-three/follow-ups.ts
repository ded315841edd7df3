import { followUps, notify, secret, startChain } from 'cyberdesk-webhooks/rules';

/** A reference, which is not secret; the stage allows it in its `sensitiveSecretArns`. */
const PORTAL = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:clinic/portal-AbCdEf';

/** The value of an earlier step's output, which Cyberdesk fills in. */
const output = (step: string, field: string) => ({ $ref: `${step}.outputs.${field}` });

export default followUps(
  { workflows: { checkIn: 'required', register: 'required', bill: 'required', file: 'required' } },
  {
    name: 'register-bill-and-file',
    workflow: 'checkIn',
    status: 'success',
    actions: ({ run, workflowIds }) => {
      const name = run.output_data?.patient_name;
      if (typeof name !== 'string') return notify('A check-in has no patient');
      return startChain({
        shared_inputs: { patient_name: name },
        shared_sensitive_inputs: { password: secret(PORTAL, 'password') },
        steps: [
          { workflow_id: workflowIds.register, session_alias: 'registration' },
          {
            workflow_id: workflowIds.bill,
            session_alias: 'billing',
            inputs: { patient_id: output('registration', 'patient_id') },
          },
          {
            workflow_id: workflowIds.file,
            inputs: {
              patient_id: output('registration', 'patient_id'),
              invoice: output('billing', 'invoice_number'),
            },
          },
        ],
      });
    },
  },
);
