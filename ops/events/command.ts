import { verbGroup } from '../cli/command.ts';
import { eraseCommand } from './erase-command.ts';
import { EVENTS, listCommand } from './list-command.ts';
import { replayCommand } from './replay-command.ts';
import { saveCommand } from './save-command.ts';
import { settleCommand } from './settle-command.ts';
import { showCommand } from './show-command.ts';

export const eventsCommand = verbGroup('events', EVENTS, [
  listCommand,
  showCommand,
  saveCommand,
  replayCommand,
  settleCommand,
  eraseCommand,
]);
