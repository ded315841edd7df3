import { Command } from 'commander';
import type { Context } from '../cli/command.ts';
import { listCommand } from './list-command.ts';
import { redriveCommand } from './redrive-command.ts';

/** `dlq list | redrive` */
export const dlqCommand = (context: Context): Command =>
  new Command('dlq')
    .description('the dead-letter queue: events that need a person')
    .addCommand(listCommand(context))
    .addCommand(redriveCommand(context));
