import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { confirmChange } from '../cli/ask.ts';
import {
  type Call,
  type Context,
  changes,
  EXIT,
  type ExitCode,
  runs,
  type StageOptions,
  verb,
} from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { progress } from '../cli/progress.ts';
import { showJson, tinted } from '../cli/show.ts';
import { parseDuration } from '../cli/time.ts';
import { BadArgumentError } from '../errors.ts';
import { describeEvent, type EventDetail, readPayload } from '../events/detail.ts';
import { deliver } from '../send/deliver.ts';
import { edit } from '../send/edit.ts';
import { copyOf, exampleEvent, type Payload } from '../send/example.ts';
import { findDelivered, followEvent, isFine } from '../send/follow.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { showEvent } from './show-event.ts';

interface SendOptions {
  file?: string;
  fromEvent?: string;
  fresh?: boolean;
  set: string[];
  wait: boolean;
  timeout: string;
}

/** `send` */
export function sendCommand(context: Context): Command {
  const command = changes(
    verb('send', 'sends a signed test event and follows it to its end', [
      'send',
      'send --set run.status=error',
      'send --file event.json --stage dev',
      'send --from-event 1f6d… --fresh --set run.output_data.summary=again',
    ]),
  )
    .option('--file <path>', 'the body to send, as it is ("-": standard input)')
    .option('--from-event <id>', 'a copy of a stored event, under an event id of its own')
    .option('--fresh', 'give the copy a run id and an end of its own, so that it acts')
    .option(
      '--set <path=value>',
      'change a value; may be repeated',
      (text: string, all: string[]) => [...all, text],
      [] as string[],
    )
    .option('--timeout <duration>', 'how long to follow it', '2m')
    .option('--no-wait', 'do not follow it');
  return runs<SendOptions>(context, command, send, check);
}

function check({ options: { file, fromEvent, fresh, timeout } }: { options: SendOptions }): void {
  if (file !== undefined && fromEvent !== undefined)
    throw new BadArgumentError('give --file or --from-event, not both');
  if (fresh && fromEvent === undefined) throw new BadArgumentError('--fresh goes with --from-event');
  parseDuration(timeout, '--timeout');
}

async function send({ io, stage, options }: Call<SendOptions>): Promise<ExitCode> {
  const body = await bodyOf(stage, options, io.input);
  await confirmChange(io, stage, 'sends a test event, which may start follow-up runs,', options.yes ?? false);
  const delivered = await deliver(stage, body);
  const accepted = delivered.http_status >= 200 && delivered.http_status < 300;
  if (!options.json) {
    const answer = `${delivered.http_status} ${delivered.outcome}`;
    io.out(
      `endpoint answered ${tinted(io, accepted ? 'ok' : 'bad', answer)} in ${delivered.duration_ms} ms\n\n`,
    );
  }
  // Not ready can also mean: stored, but not queued.
  const mayBeStored = accepted || delivered.http_status === 503;
  const wait = accepted && options.wait;
  const event = mayBeStored
    ? await follow(io, stage, body, delivered.svix_id, { ...options, wait })
    : undefined;
  if (options.json) showJson(io, { ...delivered, event: event ?? null });
  else if (event) showEvent(io, stage.target, event);
  if (!accepted && !options.json) io.err(`${adviceOn(delivered.http_status, stage, event)}\n`);
  return accepted && event !== undefined && isFine(event.state, wait) ? EXIT.ok : EXIT.finding;
}

async function follow(
  io: Io,
  stage: Stage,
  body: string,
  svixId: string,
  { wait, timeout, json }: SendOptions & StageOptions,
): Promise<EventDetail | undefined> {
  const found = await findDelivered(stage, { eventId: eventIdOf(body), svixId });
  if (!found) return undefined;
  const line = progress(io, !json);
  const timeoutMs = wait ? parseDuration(timeout, '--timeout') : 0;
  await followEvent(stage, found.event_id, { timeoutMs, onState: (state) => line.update(`${state} …`) });
  line.done();
  return describeEvent(stage, found.event_id);
}

async function bodyOf(stage: Stage, options: SendOptions, input: NodeJS.ReadStream): Promise<string> {
  const { file, fromEvent, fresh = false, set } = options;
  if (file !== undefined) {
    const text = file === '-' ? await textOf(input) : await readText(file);
    // Without edits it goes out byte for byte: a body that is no JSON can be tried, too.
    return set.length === 0
      ? text
      : JSON.stringify(edit(parse(text, file === '-' ? 'standard input' : file), set));
  }
  const payload =
    fromEvent === undefined
      ? exampleEvent()
      : copyOf(parse(Buffer.from(await readPayload(stage, fromEvent)).toString('utf8'), fromEvent), {
          fresh,
        });
  return JSON.stringify(edit(payload, set));
}

async function textOf(input: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new BadArgumentError(`--file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}

function parse(text: string, source: string): Payload {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Payload;
  } catch {
    // Its message would quote the text, and with it payload.
  }
  throw new BadArgumentError(`${source} holds no JSON object, so it cannot be edited`);
}

const eventIdOf = (body: string): string | undefined => {
  try {
    const { event_id } = JSON.parse(body) as Payload;
    return typeof event_id === 'string' ? event_id : undefined;
  } catch {
    return undefined;
  }
};

function adviceOn(status: number, stage: Stage, event: EventDetail | undefined): string {
  const doctor = `"${commandLine(stage.target, ['doctor'])}" looks at every part`;
  if (status === 400) {
    return 'the endpoint does not accept the signature: the secret was changed within the last minutes, or this clock is off';
  }
  if (status === 403) return 'this address is outside the allow-list (sourceIpAllowList)';
  if (status === 413) return 'the body is above 4 MiB';
  if (status !== 503) return `this is not an answer of the verifier; ${doctor}`;
  if (!event)
    return `the endpoint is not ready, and nothing was stored: it is safe to send it again; ${doctor}`;
  const replay = commandLine(stage.target, ['events', 'replay', event.event_id]);
  return `the event is stored, but may not be queued: it is safe to send it again, as "${replay}" does; ${doctor}`;
}
