import { Option } from 'commander';
import { EVENT_TYPE_NAMES } from '../../lambda/core/model/index.ts';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, type StageCall } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { showResult, tinted } from '../cli/show.ts';
import { parseDuration } from '../cli/time.ts';
import { BadArgumentError, inOneLine } from '../errors.ts';
import { describeEvent } from '../events/detail.ts';
import { showEvent } from '../events/show-event.ts';
import type { EventDetail } from '../events/summary.ts';
import { commandLine } from '../stage/command-line.ts';
import { readAfter } from '../stage/read-after.ts';
import type { Stage } from '../stage/stage.ts';
import { type BodyOptions, readBody } from './body.ts';
import { deliver, findDelivered, followEvent, idOfDelivery, isFine, testMessageId } from './deliver.ts';
import { type Delivered, resultOf } from './post.ts';

interface SendOptions extends BodyOptions {
  wait: boolean;
  timeout: string;
}

const NO_EDITS: string[] = [];

export const sendCommand = auditedVerb<SendOptions>({
  name: 'send',
  description: 'sends a signed test event and follows it to its end',
  examples: [
    'send',
    'send --set run.status=error',
    'send --type downed_machines',
    'send --file event.json --stage dev',
    'send --from-event 1f6d… --fresh',
  ],
  confirms: true,
  options: (command) =>
    command
      .option('--file <path>', 'the body to send, unchanged ("-": standard input)')
      .addOption(new Option('--type <type>', 'the example to send').choices(EVENT_TYPE_NAMES))
      .option('--from-event <id>', 'a copy of a stored event, with its own event id')
      .option('--fresh', 'give the copy its own run id and end, or event id, so that rules act on it')
      .option(
        '--set <path=value>',
        'change a value; may be repeated',
        (text, all) => [...all, text],
        NO_EDITS,
      )
      .option('--timeout <duration>', 'how long to follow it', '2m')
      .option('--no-wait', 'do not follow it'),
  check,
  run: send,
});

/** @throws BadArgumentError */
function check({ options: { file, fromEvent, fresh, timeout, type } }: Call<SendOptions>): void {
  if (file !== undefined && fromEvent !== undefined)
    throw new BadArgumentError('give --file or --from-event, not both');
  if (type !== undefined && (file ?? fromEvent) !== undefined)
    throw new BadArgumentError('give --type for an example, or --file or --from-event, not both');
  if (fresh && fromEvent === undefined) throw new BadArgumentError('--fresh needs --from-event');
  parseDuration(timeout, '--timeout');
}

async function send(call: AuditedCall<SendOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  const body = await readBody(call);
  await confirmChange(call, 'sends a test event, which may start follow-up runs,');
  const svixId = testMessageId();
  const delivered = await call.onRecord(
    `test event ${idOfDelivery(body, svixId)}`,
    (audited) => deliver(audited, body, svixId),
    resultOf,
  );
  const accepted = delivered.http_status >= 200 && delivered.http_status < 300;
  if (!options.json) showAnswer(call, delivered, accepted);
  // 503 can also mean that the event was stored but not queued.
  const mayBeStored = accepted || delivered.http_status === 503;
  const waits = accepted && options.wait;
  const timeoutMs = waits ? parseDuration(options.timeout, '--timeout') : 0;
  // A second test event may start a second run: that the first cannot be followed is no reason to send it again.
  const { value: event, unread } = await readAfter(async () =>
    mayBeStored ? follow(call, body, delivered.svix_id, timeoutMs) : undefined,
  );
  const result = { ...delivered, event: event ?? null, ...(unread && { unread: unread.message }) };
  showResult(call, result, () => {
    if (event) showEvent(io, stage.target, event);
    if (unread) io.err(`the event could not be read: ${inOneLine(unread)}\n`);
    else if (!accepted) io.err(`${adviceOn(delivered.http_status, stage, event)}\n`);
  });
  return accepted && event && isFine(event.state, waits) ? EXIT.ok : EXIT.finding;
}

function showAnswer({ io }: Call, { http_status, outcome, duration_ms }: Delivered, accepted: boolean): void {
  const answer = tinted(io, accepted ? 'ok' : 'bad', `${http_status} ${outcome}`);
  io.out(`endpoint answered ${answer} in ${duration_ms} ms\n\n`);
}

async function follow(call: StageCall<SendOptions>, body: string, svixId: string, timeoutMs: number) {
  const { stage } = call;
  const found = await findDelivered(stage, body, svixId);
  if (!found) return undefined;
  await withProgress(call, (update) =>
    followEvent(stage, found.event_id, { timeoutMs, onState: (state) => update(`${state} …`) }),
  );
  return describeEvent(stage, found.event_id);
}

/** Responses of the endpoint that have one cause. */
const CAUSES: Record<number, string> = {
  400: 'the endpoint rejects the signature: the secret was changed in the last few minutes, or the clock of this machine is wrong',
  403: 'this address is not in the allow-list (sourceIpAllowList), or the host is not behind CloudFront (originHeader)',
  413: `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`,
};

/** What to do about a test event that was not accepted. */
function adviceOn(status: number, stage: Stage, event: EventDetail | undefined): string {
  const cause = CAUSES[status];
  if (cause !== undefined) return cause;
  const doctor = `"${commandLine(stage.target, ['doctor'])}" checks every part`;
  if (status !== 503) return `this response does not come from the verifier; ${doctor}`;
  if (!event) return `the endpoint is not ready, and nothing was stored: it is safe to send again; ${doctor}`;
  const replay = commandLine(stage.target, ['events', 'replay', event.event_id]);
  return `the event is stored, but may not be queued: it is safe to send again, as "${replay}" does; ${doctor}`;
}
