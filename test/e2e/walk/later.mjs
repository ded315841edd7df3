// Loaded before a sandbox's program. The bundle sees a clock that is ahead by the number of milliseconds in a file, which
// the URL of this module names. Only the bundle sees it; the runtime's own deadlines use the real clock.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = new URL(import.meta.url).searchParams.get('clock');
const bundle = pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, '/')).href;

globalThis.LaterDate = class extends Date {
  constructor(...given) {
    super(...(given.length > 0 ? given : [globalThis.LaterDate.now()]));
  }

  static now() {
    return Date.now() + Number(readFileSync(file, 'utf8'));
  }
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith(bundle) || !loaded.source) return loaded;
    // On the first line, so that positions in the source map stay correct.
    return { ...loaded, source: `const Date = globalThis.LaterDate;${loaded.source}` };
  },
});
