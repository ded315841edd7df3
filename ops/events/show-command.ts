import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { describeEvent, readPayload } from './detail.ts';
import { showEvent } from './show-event.ts';

/** `events show` */
export const showCommand = stageVerb({
  name: 'show',
  description: 'shows what happened to an event, from arrival to result',
  examples: ['events show 1f6d…', 'events show 1f6d… --payload'],
  options: (command) =>
    command.argument('<event>', 'event id').option('--payload', 'show the body, which may hold private data'),
  run: show,
});

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
