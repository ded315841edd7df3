/** The dialog that sends a test event. */

import { getText, post } from './api.js';
import { STATUSES } from './badges.js';
import { byId, option } from './dom.js';
import { indent, parse } from './exact-json.js';
import { go } from './place.js';
import { say } from './say.js';
import { confirmed, setReason } from './stage.js';

/** @returns {any} */
const fields = () => byId('send-form').elements;

export function startSend() {
  const dialog = byId('send');
  byId('send-open').addEventListener('click', () => open('example', 'Send a test event'));
  byId('send-cancel').addEventListener('click', () => dialog.close());
  // A closed dialog keeps nothing of an event.
  dialog.addEventListener('close', () => fill(''));
  const { status, workflow, body } = fields();
  status.append(...STATUSES.map((status) => option(status)));
  status.addEventListener('change', () => edit('status', status.value));
  workflow.addEventListener('input', () => edit('workflow_id', workflow.value.trim()));
  body.addEventListener('input', readFields);
  byId('send-form').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  });
}

/** @param {string} id of the stored event to copy */
export const openSendCopy = (id) => open(`copy?id=${encodeURIComponent(id)}`, 'Send an edited copy', true);

/** @param {string} path @param {string} title @param {boolean} [unfold] */
async function open(path, title, unfold = false) {
  try {
    const body = await getText(path);
    byId('send-title').textContent = title;
    byId('send-form').querySelector('details').open = unfold;
    fill(indent(body));
    byId('send').showModal();
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}

/** @param {string} text */
function fill(text) {
  fields().body.value = text;
  setReason('send');
  note('');
  if (text !== '') readFields();
}

/** @param {string} text */
function note(text) {
  byId('send-note').textContent = text;
}

/** @returns {any} the body, or undefined while it is not a JSON object */
function readBody() {
  try {
    const text = fields().body.value;
    return /^\s*\{/.test(text) ? parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function readFields() {
  const { status, workflow } = fields();
  const body = readBody();
  const isAboutRun = (body?.event_type ?? 'run_complete') === 'run_complete';
  status.disabled = workflow.disabled = body === undefined || !isAboutRun;
  if (!body) {
    note(
      'The body is not JSON that this page can edit, so it is sent unchanged. If it is not JSON at all, it is stored as unprocessable.',
    );
    return;
  }
  note('');
  const { status: given = '', workflow_id: id = '' } = body.run ?? {};
  if (![...status.options].some((/** @type {HTMLOptionElement} */ { value }) => value === given))
    status.append(option(textOf(given)));
  status.value = textOf(given);
  workflow.value = textOf(id);
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** @param {'status' | 'workflow_id'} name @param {string} value */
function edit(name, value) {
  const body = readBody();
  if (!body) return;
  body.run = { ...body.run, [name]: value };
  fields().body.value = JSON.stringify(body, null, 2);
}

let isSending = false;

async function send() {
  if (isSending) return;
  const body = fields().body.value;
  const confirm = await confirmed('Send this test event?', 'Send', 'send');
  if (!confirm) return;
  isSending = true;
  note('Sending…');
  try {
    /** @type {import('./types.d.ts').Sent} */
    const sent = await post('send', { body, ...confirm });
    if (sent.event_id === undefined)
      return note(`The endpoint answered ${sent.http_status} (${sent.outcome}).`);
    byId('send').close();
    const answer = `The endpoint answered ${sent.http_status} (${sent.outcome})`;
    if (sent.http_status < 300) say(`${answer} in ${sent.duration_ms} ms.`, 'good');
    else say(`${answer}, but the event is stored: you can safely replay it or send it again.`, 'bad');
    go({ view: 'events', event: sent.event_id });
  } catch (error) {
    note(/** @type {Error} */ (error).message);
  } finally {
    isSending = false;
  }
}
