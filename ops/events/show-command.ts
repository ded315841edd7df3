import type { Command } from 'commander';
import { type Context, EXIT, type ExitCode, type StageCall, verb, withStage } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { describeEvent, readPayload } from './detail.ts';
import { showEvent } from './show-event.ts';

/** `events show` */
export function showCommand(context: Context): Command {
  const command = verb('show', 'shows what happened to an event, from arrival to result', [
    'events show 1f6d…',
    'events show 1f6d… --payload',
  ])
    .argument('<event>', 'event id')
    .option('--payload', 'show the body, which may hold private data');
  return withStage(context, command, show);
}

async function show(call: StageCall<{ payload?: boolean }>): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const [id = ''] = args;
  const event = await describeEvent(stage, id);
  const payload = options.payload ? Buffer.from(await readPayload(stage, id)).toString('utf8') : undefined;
  showResult(call, { ...event, ...(payload !== undefined && { payload }) }, () => {
    showEvent(io, stage.target, event);
    if (payload !== undefined) io.out(`\n${pretty(payload)}\n`);
  });
  return EXIT.ok;
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), undefined, 2);
  } catch {
    return payload;
  }
}
