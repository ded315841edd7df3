import { verbGroup } from '../cli/command.ts';
import { checkCommand } from './check-command.ts';
import { diffCommand } from './diff-command.ts';

export const rulesCommand = verbGroup('rules', 'your rules, before you deploy them', [
  checkCommand,
  diffCommand,
]);
