// Loaded before a sandbox's program: the bundle sees a clock that is ahead by as many milliseconds as the file says that
// its URL names. Only the bundle does; the runtime's own deadlines stay true.

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
    // On the first line, so that positions in the source map stay right.
    return { ...loaded, source: `const Date = globalThis.LaterDate;${loaded.source}` };
  },
});
