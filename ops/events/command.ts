import { Command } from 'commander';
import type { Context } from '../cli/command.ts';
import { listCommand } from './list-command.ts';
import { replayCommand } from './replay-command.ts';
import { showCommand } from './show-command.ts';

/** `events list | show | replay` */
export const eventsCommand = (context: Context): Command =>
  new Command('events')
    .description('the events that were received, and what became of them')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(replayCommand(context));
