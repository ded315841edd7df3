import { get, hasToken } from './api.js';
import { startBulk } from './bulk.js';
import { startChart } from './chart.js';
import { startConnection } from './connection.js';
import { startDeadLetters } from './dead-letters.js';
import { startDepths } from './depths.js';
import { startDetail } from './detail.js';
import { byId, h } from './dom.js';
import { startEvents } from './events.js';
import { startFilters } from './filters.js';
import { startKeys } from './keys.js';
import { startNotices } from './notices.js';
import { addressOf, onPlace, place } from './place.js';
import { setPaused } from './poll.js';
import { showProblem } from './say.js';
import { startSend } from './send.js';
import { startSettle } from './settle.js';
import { setStage } from './stage.js';

function showView() {
  const { view, event } = place();
  document.body.classList.toggle('has-detail', event !== '');
  for (const name of /** @type {const} */ (['events', 'dlq'])) {
    byId(name).hidden = view !== name;
    const tab = byId(`tab-${name}`);
    tab.href = addressOf({ view: name, event: '' });
    if (view === name) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
}

function startLive() {
  const button = byId('live');
  button.addEventListener('click', () => {
    const isLive = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(isLive));
    setPaused(!isLive);
  });
}

/** @param {import('./types.d.ts').StageInfo} stage */
function showStage({ name, stack, region, asks_first }) {
  byId('stage').replaceChildren(
    h('strong', { class: asks_first ? 'name careful' : 'name' }, name),
    ' ',
    h('span', { class: 'stack' }, `${stack} · ${region}`),
  );
  document.title = `${name} · Cyberdesk webhooks`;
}

async function start() {
  onPlace(showView);
  showView();
  if (!hasToken) return showProblem('This page has no token: open the link that the command printed.');
  let stage;
  try {
    stage = await get('stage');
  } catch (error) {
    showProblem(/** @type {Error} */ (error).message);
    setTimeout(start, 3000);
    return;
  }
  showProblem('');
  setStage(stage);
  showStage(stage);
  startLive();
  startFilters();
  startEvents();
  startChart();
  startDetail();
  startDeadLetters();
  startDepths();
  startNotices();
  startSend();
  startSettle();
  startBulk();
  startKeys();
  startConnection();
}

await start();
