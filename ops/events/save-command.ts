import { writeFile } from 'node:fs/promises';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { EXIT, type ExitCode } from '../cli/command.ts';
import { hint, showResult } from '../cli/show.ts';
import { BadArgumentError } from '../errors.ts';
import { parseObject } from '../json.ts';
import { commandLine } from '../stage/command-line.ts';
import { codeOf } from '../stage/faults.ts';
import { readPayload } from './detail.ts';
import { findMeant } from './find-meant.ts';
import { maskPayload } from './mask.ts';

type SaveCall = AuditedCall<{ payload?: boolean }>;

export const saveCommand = auditedVerb<{ payload?: boolean }>({
  name: 'save',
  description: 'writes the body of an event to a file, for tests and for send, with its values masked',
  examples: ['events save 1f6d… --stage dev', 'events save 1f6d… test/samples/invoice.json'],
  options: (command) =>
    command
      .argument('<event>', 'event id, or the id of its run')
      .argument('[file]', 'file to write, which must not exist (default: the event id with .json)')
      .option('--payload', 'write the body as it is, which may hold private data'),
  run: save,
});

async function save(call: SaveCall): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const id = await findMeant(stage, args[0] ?? '');
  const file = args[1] ?? `${id.replaceAll(/[^\w.-]/g, '-')}.json`;
  const masked = options.payload !== true;
  const body = await call.onRecord(`${masked ? 'masked ' : ''}payload of event ${id}`, (audited) =>
    readPayload(audited, id),
  );
  await write(file, masked ? maskedBody(id, body) : body);
  showResult(call, { event_id: id, file, masked }, () => {
    io.out(`wrote ${file}${masked ? ', with its values masked' : ': it holds the payload as it is'}\n`);
    hint(io, `next: "${commandLine({ stage: 'local' }, ['send'], { file })}"`);
  });
  return EXIT.ok;
}

function maskedBody(id: string, body: Buffer): string {
  if (parseObject(body) !== undefined) return maskPayload(body.toString());
  throw new BadArgumentError(
    `the body of event "${id}" is not a JSON object, so its values cannot be masked`,
    {
      next: 'write it as it is with --payload',
    },
  );
}

/** Never over another file: it may be a fixture that someone has edited. Only its owner can read it. */
const write = (file: string, content: string | Buffer): Promise<void> =>
  writeFile(file, content, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    const code = codeOf(cause);
    const next = code === 'EEXIST' ? 'name another file, or remove it' : `name another file (${code})`;
    throw new BadArgumentError(`${file} ${code === 'EEXIST' ? 'exists' : 'cannot be written'}`, {
      next,
      cause,
    });
  });
