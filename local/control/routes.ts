import type { IncomingMessage, ServerResponse } from 'node:http';
import { InvalidFaultError, parseFault } from '../faults/parse-fault.ts';
import { isOwnRequest, type RequestHandler } from '../http/front.ts';
import { readBody, sendJson } from '../http/server.ts';
import type { LocalRun } from '../running.ts';
import { EventStore } from './event-store.ts';
import { health } from './health.ts';
import { shownParts } from './parts.ts';
import { countMessages, deadLetter } from './queue-state.ts';
import { describeStack } from './stack-state.ts';

const prefix = '/_local/';
const bodyLimit = 64 * 1024;

/** An answer: JSON, or bytes. */
type Answer = { readonly status?: number; readonly json: unknown } | { readonly bytes: Uint8Array };

interface Call {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<unknown>;
}

class BadQuery extends Error {
  override name = 'BadQuery';
}

/** Whose message is for the one who asked. */
const mistakes = [InvalidFaultError, BadQuery, SyntaxError, URIError];

const missing = (what: string): Answer => ({ status: 404, json: { message: `No ${what} of this id.` } });

/** Answers `/_local/…`: state, faults and whatever else tests and tools ask of a run. */
export function controlHandler(run: LocalRun): RequestHandler {
  const parts = shownParts(run);
  const events = new EventStore(run.aws, parts.table.name, parts.retentionDays);
  const callers = [...run.stack.functions.map(({ label }) => label), 'operator'];
  const routes: Readonly<Record<string, (call: Call) => Promise<Answer>>> = {
    'GET health': async () => health(run),
    'GET stack': async () => ({ json: describeStack(run) }),
    'GET events': async ({ query }) => ({ json: { events: await events.list(limitOf(query)) } }),
    'GET events/*': async ({ id }) => {
      const event = await events.show(id);
      return event ? { json: event } : missing('event');
    },
    'GET events/*/body': async ({ id }) => {
      const bytes = await events.body(id);
      return bytes ? { bytes } : missing('event');
    },
    'GET queues': async () => {
      const { queue, deadLetters } = parts;
      const dlq = deadLetters && {
        ...(await countMessages(run.aws, deadLetters)),
        messages: (await run.inspect(deadLetters.name)).map(deadLetter),
      };
      return { json: { queue: await countMessages(run.aws, queue), dlq: dlq ?? null } };
    },
    'GET faults': async () => ({ json: { faults: run.faults.list() } }),
    'POST faults': async ({ body }) => {
      const given = await body();
      const planted = [given]
        .flat()
        .map((fault) => parseFault(fault, callers))
        .map((fault) => run.faults.plant(fault));
      return { status: 201, json: Array.isArray(given) ? planted : planted[0] };
    },
    'DELETE faults': async () => {
      run.faults.clear();
      return { json: { faults: [] } };
    },
    'DELETE faults/*': async ({ id }) => {
      if (!run.faults.list().some((fault) => fault.id === id)) return missing('fault');
      run.faults.clear(id);
      return { json: { faults: run.faults.list() } };
    },
    'GET iam': async () => ({ json: { unused: run.grants.unused(), grants: run.grants.all() } }),
    'GET calls': async () => ({ json: Object.fromEntries([...run.calls.counts].sort()) }),
    'GET published': async () => ({ json: { messages: run.calls.published } }),
    'GET metrics': async () => ({ json: { metrics: run.logs.metrics } }),
    'GET logs': async () => ({ json: { lines: run.logs.lines } }),
    'POST sweep': async () => {
      const outcomes = await run.sweep();
      const ok = outcomes.every((outcome) => outcome.ok);
      return { status: ok ? 200 : 500, json: { ok } };
    },
    'POST expire': async () => ({ json: { deleted: await run.expire() } }),
  };
  return async (request, response) => {
    const path = request.url ?? '/';
    if (!path.startsWith(prefix)) return false;
    await respond(routes, request, response);
    return true;
  };
}

/** @throws BadQuery */
function limitOf(query: URLSearchParams): number {
  const given = query.get('limit');
  if (given === null) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new BadQuery('"limit" must be a whole number from 1 on.');
  return Number(given);
}

async function respond(
  routes: Readonly<Record<string, (call: Call) => Promise<Answer>>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwnRequest(request)) return sendJson(response, 403, { message: 'Only this machine may ask.' });
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [first = '', id, ...rest] = pathname.slice(prefix.length).split('/');
  const key = `${request.method} ${[first, id === undefined ? [] : '*', rest].flat().join('/')}`;
  const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
  if (!route)
    return sendJson(response, 404, { message: `The local run has no ${request.method} ${pathname}.` });
  try {
    const body = async () => JSON.parse((await readBody(request, bodyLimit)).toString()) as unknown;
    const answer = await route({ id: decodeURIComponent(id ?? ''), query: searchParams, body });
    if ('json' in answer) return sendJson(response, answer.status ?? 200, answer.json);
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': answer.bytes.length,
    });
    response.end(answer.bytes);
  } catch (error) {
    const wrong = mistakes.some((mistake) => error instanceof mistake);
    sendJson(response, wrong ? 400 : 500, { message: (error as Error).message });
  }
}
