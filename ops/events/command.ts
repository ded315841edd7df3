import { verbGroup } from '../cli/command.ts';
import { listCommand } from './list-command.ts';
import { replayCommand } from './replay-command.ts';
import { showCommand } from './show-command.ts';

/** `events list | show | replay` */
export const eventsCommand = verbGroup('events', 'the events that were received, and what became of them', [
  listCommand,
  showCommand,
  replayCommand,
]);
