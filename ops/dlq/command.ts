import { verbGroup } from '../cli/command.ts';
import { listCommand } from './list-command.ts';
import { redriveCommand } from './redrive-command.ts';

/** `dlq list | redrive` */
export const dlqCommand = verbGroup('dlq', 'the dead-letter queue: events that need a person', [
  listCommand,
  redriveCommand,
]);
