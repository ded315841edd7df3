import { verbGroup } from '../cli/command.ts';
import { enableCommand } from './enable-command.ts';
import { listCommand } from './list-command.ts';

export const workflowsCommand = verbGroup(
  'workflows',
  "the organisation's workflows, and whether they send webhooks",
  [listCommand, enableCommand],
);
