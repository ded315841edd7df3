import { parseExact } from '../../lambda/json/parse.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { EXIT, type ExitCode } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { linksOf } from '../logs/links.ts';
import { describeEvent, readPayload } from './detail.ts';
import { findMeant } from './find-meant.ts';
import { nextStep, showEvent, showLinks } from './show-event.ts';

export const showCommand = auditedVerb<{ payload?: boolean }>({
  name: 'show',
  description: 'shows what happened to an event, from arrival to result',
  examples: ['events show 1f6d…', 'events show 1f6d… --payload'],
  options: (command) =>
    command
      .argument('<event>', 'event id, or the id of its run')
      .option('--payload', 'show the body, which may hold private data'),
  run: show,
});

async function show(call: AuditedCall<{ payload?: boolean }>): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const id = await findMeant(stage, args[0] ?? '');
  const payload = options.payload ? await payloadOf(call, id) : undefined;
  const event = await describeEvent(stage, id);
  const [next, links] = [nextStep(stage.target, event), await linksOf(stage, event)];
  showResult(call, { ...event, next, links, payload }, () => {
    showEvent(io, stage.target, event);
    if (links) showLinks(io, links);
    if (payload !== undefined) io.out(`\n${pretty(payload)}\n`);
  });
  return EXIT.ok;
}

const payloadOf = (call: AuditedCall, id: string): Promise<string> =>
  call.onRecord(`payload of event ${id}`, async (audited) => String(await readPayload(audited, id)));

function pretty(payload: string): string {
  try {
    return JSON.stringify(parseExact(payload), undefined, 2);
  } catch {
    return payload;
  }
}
