import { type Call, type OperationDeps, problem, type Received, type Reply } from './call.ts';
import type { Echo } from './options.ts';
import type { Store, StoredAttachment, StoredRun } from './store.ts';

function getRun({ store, settings }: OperationDeps, { path, query }: Call): Reply {
  const run = store.runs.get(path.run_id ?? '');
  if (!run) return problem(404, 'Run not found');
  return { status: 200, body: { ...echoedBy(settings.echo, run), ...include(store, [run], query.include) } };
}

function listRuns(deps: OperationDeps, { query }: Call): Reply {
  const { store } = deps;
  const { listDelayMs, echo } = deps.settings;
  const indexedUntil = store.now() - listDelayMs;
  const found = [...store.runs.values()]
    .filter((run) => (store.addedAt.get(run.id) ?? 0) <= indexedUntil && matches(run, query))
    .sort(query.sort_mode === 'created_at_desc' ? byCreation : byActivity);
  const { items, ...page } = paged(found, query);
  const fields = query.fields as string[] | undefined;
  const echoed = items.map((run) => echoedBy(echo, run));
  const shown = fields ? echoed.map((run) => project(run, fields)) : echoed;
  return { status: 200, body: { items: shown, ...page, ...include(store, items, query.include) } };
}

function listRunAttachments({ store }: OperationDeps, { query }: Call): Reply {
  const found = [...store.attachments.values()].filter(
    ({ run_id, attachment_type }) =>
      run_id === (query.run_id ?? run_id) && attachment_type === (query.attachment_type ?? attachment_type),
  );
  const { items, ...page } = paged(found, query);
  return { status: 200, body: { items: items.map(metadata), ...page } };
}

const withAttachment =
  (answer: (attachment: StoredAttachment, deps: OperationDeps, call: Call) => Reply) =>
  (deps: OperationDeps, call: Call): Reply => {
    const attachment = deps.store.attachments.get(call.path.attachment_id ?? '');
    return attachment ? answer(attachment, deps, call) : problem(404, 'Attachment not found');
  };

const getRunAttachment = withAttachment((attachment) => ({ status: 200, body: metadata(attachment) }));

const downloadRunAttachment = withAttachment(({ content, content_type }) => ({
  status: 200,
  body: Buffer.from(content, 'base64'),
  headers: { 'content-type': content_type },
}));

const getRunAttachmentDownloadUrl = withAttachment(({ id }, { store, url }, { query }) => {
  const expires_in = Number(query.expires_in);
  const until = store.now() + expires_in * 1000;
  return { status: 200, body: { url: `${url()}/_download/${id}?until=${until}`, expires_in } };
});

/** The operations that only read, by their `operationId`. */
export const READ_OPERATIONS = {
  getRun,
  listRuns,
  listRunAttachments,
  getRunAttachment,
  downloadRunAttachment,
  getRunAttachmentDownloadUrl,
};

/** The file behind a download link, for which no key is needed; undefined for other requests. */
export function linkedDownload(store: Store, { path, query }: Received): Reply | undefined {
  const id = /^\/_download\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const attachment = store.attachments.get(id);
  if (!attachment || store.now() > Number(query.get('until'))) return problem(400, 'The link has expired');
  return {
    status: 200,
    body: Buffer.from(attachment.content, 'base64'),
    headers: { 'content-type': attachment.content_type },
  };
}

const metadata = ({ content: _content, ...rest }: StoredAttachment) => rest;

/** The page that a query asks for. */
export function paged<T>(found: T[], query: Call['query']) {
  const skip = Number(query.skip);
  const limit = Number(query.limit);
  return { items: found.slice(skip, skip + limit), total: found.length, skip, limit };
}

function matches(run: StoredRun, query: Call['query']): boolean {
  const { created_at_from: from, created_at_to: to } = query;
  const created = Date.parse(run.created_at);
  return (
    (['workflow_id', 'machine_id', 'session_id', 'status'] as const).every(
      (field) => query[field] === undefined || run[field] === query[field],
    ) &&
    (from === undefined || created >= utc(from)) &&
    (to === undefined || created <= utc(to)) &&
    includesText(run, query)
  );
}

function includesText(run: StoredRun, { search, deep_search }: Call['query']): boolean {
  if (search === undefined) return true;
  const { id, input_values, output_data, error, session_alias, run_message_history } = run;
  const searched = [id, input_values, output_data, error, session_alias, deep_search && run_message_history];
  return JSON.stringify(searched).toLowerCase().includes(String(search).toLowerCase());
}

/** A time without a zone is UTC. */
const utc = (time: unknown): number =>
  Date.parse(/z|[+-]\d\d:?\d\d$/i.test(String(time)) ? String(time) : `${time}Z`);

const byCreation = (a: StoredRun, b: StoredRun): number =>
  Date.parse(b.created_at) - Date.parse(a.created_at);

/** Active runs first, then those that ended last. */
function byActivity(a: StoredRun, b: StoredRun): number {
  if (!a.ended_at || !b.ended_at)
    return Number(Boolean(a.ended_at)) - Number(Boolean(b.ended_at)) || byCreation(a, b);
  return Date.parse(b.ended_at) - Date.parse(a.ended_at);
}

const ALWAYS = ['id', 'workflow_id', 'machine_id', 'status', 'created_at'];

/** A run with its inputs as the settings say that they come back. */
function echoedBy(echo: Echo, { input_values: given, ...run }: StoredRun): Partial<StoredRun> {
  if (echo.absent) return run;
  const { defaults, dropsNulls, numbersAsText } = echo;
  const entries = Object.entries({ ...defaults, ...given })
    .filter(([, value]) => !(dropsNulls && value === null))
    .map(([name, value]) => [name, numbersAsText && typeof value === 'number' ? `${value}` : value]);
  return { ...run, input_values: given || defaults ? Object.fromEntries(entries) : null };
}

const project = (run: Partial<StoredRun>, fields: string[]) =>
  Object.fromEntries(Object.entries(run).filter(([name]) => ALWAYS.includes(name) || fields.includes(name)));

/** The runs' workflows; the fake has no machines to include. */
function include(store: Store, runs: StoredRun[], names: unknown) {
  if (typeof names !== 'string') return {};
  const ids = names.split(',').includes('workflow') ? new Set(runs.map((run) => run.workflow_id)) : [];
  const workflows = [...ids].flatMap((id) => store.workflows.get(id) ?? []);
  return { included: workflows.map((workflow) => ({ type: 'workflow', ...workflow })) };
}
