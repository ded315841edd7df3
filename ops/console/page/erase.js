/** Erasing the payloads of a run's events. */

import { post, postForLines } from './api.js';
import { openBulk } from './bulk.js';
import { button } from './dom.js';
import { hidePayload } from './payload.js';
import { count } from './replay.js';
import { say } from './say.js';

/** By run only: what else is to be erased, the verb takes. @param {import('./types.d.ts').EventDetail} event */
export const eraseButtons = ({ run_id }) =>
  run_id
    ? [
        button('Erase payloads…', () => preview(run_id), {
          title: 'Erases the payloads of all events of this run for good.',
          'data-key': 'erase',
        }),
      ]
    : [];

/** Shows what would be erased, and offers to do it. @param {string} run */
async function preview(run) {
  try {
    /** @type {import('./types.d.ts').ErasePreview} */
    const found = await post('erase-preview', { run });
    const { ids } = found;
    openBulk({
      title: `Erase the payloads of ${count(ids.length)} for good?`,
      facts: factsOf(run, found),
      action: ids.length > 0 ? `Erase ${ids.length === 1 ? '1 payload' : `${ids.length} payloads`}` : '',
      isForGood: true,
      total: ids.length,
      start: (confirm, signal) => {
        hidePayload();
        return postForLines('erase', { run, ids, ...confirm }, signal);
      },
      follow,
    });
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}

/** @param {string} run @param {import('./types.d.ts').ErasePreview} found */
const factsOf = (run, { unfinished, again, in_backups_until }) =>
  [
    `Of run ${run}: the bodies of its events, and of the calls that the rules made of them. This cannot be undone, and the rules cannot be asked about these events again.`,
    'IDs, times and what was done stay. So do the copies that your own code got, and the inputs of runs at Cyberdesk: they are named afterwards.',
    unfinished > 0 &&
      `${count(unfinished)}: not finished yet, and therefore left as ${unfinished === 1 ? 'it is' : 'they are'}.`,
    again > 0 && `${count(again)}: erased before.`,
    in_backups_until && `Point-in-time recovery holds them until ${in_backups_until}.`,
  ].filter((fact) => typeof fact === 'string');

/** @param {import('./types.d.ts').EraseLine} line */
function follow(line) {
  if (line.kind === 'erased') return undefined;
  return line.kind === 'failed' ? line.message : `${line.lines.join('; ')}.`;
}
