import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf, WORKFLOW } from './setup.ts';

interface Sent {
  method: string;
  path: string;
  body: unknown;
}

/** A client of an API that gives one answer, whatever it is asked. */
function answered(answer: () => Response | Error) {
  const sent: Sent[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(input));
    sent.push({ method: init.method ?? '', path: `${pathname}${search}`, body: init.body });
    const given = answer();
    if (given instanceof Error) throw given;
    return given;
  };
  return { sent, ...clientOf({ url: 'https://api.invalid' }, { fetch }) };
}

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });

it('the client lists workflows by its query', async () => {
  const { client, sent } = answered(json({ items: [], total: 0 }));
  const { data } = await client.workflows.list({ limit: 5 });

  expect(data).toEqual({ items: [], total: 0 });
  expect(sent).toEqual([{ method: 'GET', path: '/v1/workflows?limit=5', body: undefined }]);
});

it('the client lists all workflows without a query', async () => {
  const { client, sent } = answered(json({ items: [], total: 0 }));
  await client.workflows.list();

  expect(sent.map(({ path }) => path)).toEqual(['/v1/workflows']);
});

it('the client changes a workflow', async () => {
  const { client, sent } = answered(json({ id: WORKFLOW }));
  const { data } = await client.workflows.update(WORKFLOW, { is_webhooks_enabled: true });

  expect(data?.id).toBe(WORKFLOW);
  const body = '{"is_webhooks_enabled":true}';
  expect(sent).toEqual([{ method: 'PATCH', path: `/v1/workflows/${WORKFLOW}`, body }]);
});

it.each([200, 503])(
  'the client reads the health of the machines from an answer with status %d',
  async (status) => {
    const health = { checked_machines: 2, errored_machines: [{ id: 'm' }] };
    const { client, sent } = answered(json(health, status));
    const { data, error } = await client.machines.health();

    expect(error).toBeUndefined();
    expect(data).toEqual(health);
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/health/machines']);
  },
);

it.each([
  ['a page', {}],
  ['a list', []],
  ['a negative count', { checked_machines: -1, errored_machines: [] }],
  ['a count that is not whole', { checked_machines: 1.5, errored_machines: [] }],
  ['no list of machines', { checked_machines: 2, errored_machines: 2 }],
])('the client takes %s for no report on machines', async (_, body) => {
  const refused = await answered(json(body, 503)).client.machines.health();
  const unread = await answered(json(body)).client.machines.health();

  expect(refused.error).toMatchObject({ name: 'AnsweredWithError', status: 503 });
  expect(unread.error).toMatchObject({ name: 'UnreadableAnswerError' });
});

it('a status other than that of a sick machine is an error, even with a report', async () => {
  const health = { checked_machines: 2, errored_machines: [] };
  const { error } = await answered(json(health, 500)).client.machines.health();

  expect(error).toMatchObject({ name: 'AnsweredWithError', status: 500 });
});

it.each([
  ['without items', { total: 0 }],
  ['without a total', { items: [] }],
  ['of null', null],
])('the client does not read a list %s', async (_, body) => {
  const { error } = await answered(json(body)).client.workflows.list();

  expect(error?.name).toBe('UnreadableAnswerError');
});

it.each([
  ['no run ids', []],
  ['fewer run ids than steps', ['run-1']],
  ['more run ids than steps', ['run-1', 'run-2', 'run-3']],
  ['a run id twice', ['run-1', 'run-1']],
  ['a run id that is no text', ['run-1', 2]],
  ['an empty run id', ['run-1', '']],
  ['a run id with a line break', ['run-1', 'run\n2']],
  ['a run id of 3,000 characters', ['run-1', 'x'.repeat(3000)]],
  ['null as its run ids', null],
])('an answer to a chain of two steps with %s says nothing about what it did', async (_, run_ids) => {
  const { client } = answered(json({ run_ids, session_id: 's' }, 201));
  const steps = [{ workflow_id: WORKFLOW }, { workflow_id: WORKFLOW }];
  for (const body of [{ steps }, JSON.stringify({ steps })]) {
    const { error } = await client.runs.chain(body, { idempotencyKey: 'k' });

    expect(error).toMatchObject({ name: 'UnreadableAnswerError', mayHaveTakenEffect: true });
  }
});

it.each(['', 'x'.repeat(129), 'run 1', 'run-ä', 7, null])(
  'an answer to a start with %j as the id says nothing about what it did',
  async (id) => {
    const { client } = answered(json({ id, status: 'scheduling' }, 201));
    const started = await client.runs.create({ workflow_id: WORKFLOW }, { idempotencyKey: 'k' });
    const retried = await client.runs.retry('run-1', {}, { idempotencyKey: 'k' });

    for (const { error } of [started, retried])
      expect(error).toMatchObject({ name: 'UnreadableAnswerError', mayHaveTakenEffect: true });
  },
);

it('an id of 128 printable characters is read', async () => {
  const id = '~'.repeat(128);
  const { data } = await answered(json({ id }, 201)).client.runs.create({ workflow_id: WORKFLOW });

  expect(data?.id).toBe(id);
});

it.each([
  ['a page', 200, () => new Response('<html>welcome</html>', { headers: { 'content-type': 'text/html' } })],
  ['no id', 201, json({}, 201)],
  ['no content', 204, () => new Response(null, { status: 204 })],
])('a success with %s keeps its status', async (_, status, answer) => {
  const { error } = await answered(answer).client.runs.create({ workflow_id: WORKFLOW });

  expect(error).toMatchObject({ name: 'UnreadableAnswerError', status, mayHaveTakenEffect: true });
});

/** An answer as a server puts it on the wire, for what no library sends. */
async function wired(head: string[], body: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end([...head, 'connection: close', '', body].join('\r\n')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return clientOf({ url: `http://127.0.0.1:${port}` }).client.runs.create({ workflow_id: WORKFLOW });
}

it.each([600, 999])('an answer with status %i, which HTTP does not define, keeps it', async (status) => {
  const { error, response } = await wired([`HTTP/1.1 ${status} X`, 'content-type: application/json'], '{}');

  expect(error).toMatchObject({ name: 'AnsweredWithError', status, mayHaveTakenEffect: true });
  expect(response).toMatchObject({ status, ok: false, body: null });
});

it.each(['407', '099'])(
  'a status of %s, which the platform does not hand over, may have taken effect',
  async (status) => {
    const { error } = await wired([`HTTP/1.1 ${status} X`], '');

    expect(error).toMatchObject({ name: 'NotReachedError', mayHaveTakenEffect: true });
  },
);

it.each([
  ['breaks off', 'content-length: 400'],
  ['is not encoded as it says', 'content-encoding: gzip'],
])('a success that %s keeps its status', async (_, header) => {
  const { error } = await wired(['HTTP/1.1 201 X', 'content-type: application/json', header], '{"id":');

  expect(error).toMatchObject({ name: 'BrokenAnswerError', status: 201, mayHaveTakenEffect: true });
  expect(error?.message).toBe("Cyberdesk's API answered with status 201, but its response broke off");
});

it('a 422 names the field that was refused, and no other status does', async () => {
  const detail = [{ loc: ['body', 'workflow_id'], msg: 'canary', type: 'missing' }];
  const create = async (status: number) =>
    (await answered(json({ detail }, status)).client.runs.create({ workflow_id: WORKFLOW })).error;

  expect(await create(422)).toMatchObject({ status: 422, field: 'workflow_id (missing)', isJson: true });
  expect((await create(400))?.field).toBeUndefined();
});

it('a 422 with a page instead of JSON names no field', async () => {
  const text = JSON.stringify({ detail: [{ loc: ['body', 'workflow_id'] }] });
  const page = () => new Response(text, { status: 422, headers: { 'content-type': 'text/html' } });
  const { error } = await answered(page).client.runs.create({ workflow_id: WORKFLOW });

  expect(error).toMatchObject({ status: 422, isJson: false });
  expect(error?.field).toBeUndefined();
});

it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])(
  'a request certainly has not arrived after %s',
  async (code) => {
    const cause = Object.assign(new Error('canary'), { code });
    const { client } = answered(() => new TypeError('fetch failed', { cause }));
    const { error } = await client.runs.create({ workflow_id: WORKFLOW });

    expect(error).toMatchObject({ name: 'NotReachedError', mayHaveTakenEffect: false });
    expect(error?.message).toContain('could not be reached');
  },
);

it.each([
  ['a connection that broke', Object.assign(new Error('canary'), { code: 'ECONNRESET' })],
  ['an error without a code', new Error('canary')],
  ['a cause that is no error', { code: 'ECONNREFUSED' }],
  ['no cause', undefined],
])('a request may have arrived after %s', async (_, cause) => {
  const { client } = answered(() => new TypeError('fetch failed', { cause }));
  const { error } = await client.runs.create({ workflow_id: WORKFLOW });

  expect(error).toMatchObject({ name: 'NotReachedError', mayHaveTakenEffect: true });
});

it('the message of an error says what happened', async () => {
  const status = await answered(json({}, 400)).client.runs.create({ workflow_id: WORKFLOW });
  const unread = await answered(json({})).client.runs.create({ workflow_id: WORKFLOW });

  expect(status.error?.message).toBe("Cyberdesk's API answered with status 400");
  expect(unread.error?.message).toBe(
    "Cyberdesk's API answered with status 200, but not with the expected content",
  );
});

it('a call that its caller aborts ends at once, and is not sent again', async () => {
  const stop = new AbortController();
  const { client, sent } = answered(() => {
    stop.abort();
    return new TypeError('aborted');
  });
  const { error } = await client.runs.create(
    { workflow_id: WORKFLOW },
    { idempotencyKey: 'k', signal: stop.signal },
  );

  expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: true });
  expect(error?.message).toContain('aborted');
  expect(sent).toHaveLength(1);
});
