import { createHash } from 'node:crypto';
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { BUNDLE_FILE } from '../../lib/functions/build-options.ts';
import { buildWithMap } from '../../lib/functions/source-map.ts';
import { handlerPath, packageRoot } from '../../lib/paths.ts';
import { isObject } from '../json.ts';
import type { LogLine } from './read-logs.ts';

/** Functions that are deployed without a source map. */
const MAPPED_HERE = ['verifier', 'sweeper'];

/** A position in a bundle, at the end of a stack frame. */
const POSITION = /(?:file:\/\/)?[^\s()]*index\.mjs:(\d+):(\d+)/g;

/**
 * Leads stack frames in logs of the verifier and the sweeper back to the sources. They are deployed without source maps,
 * so the map is made here, from the sources of this clone, and used only if they make the very bundle that wrote the line.
 */
export class SourceFrames {
  readonly #maps = new Map<string, Promise<Mapped | undefined>>();
  /** Whether there was a line of a bundle that these sources do not make. */
  isOther = false;

  /** The line with file and line in place of positions in the bundle; as it was if it is of another release. */
  async resolve(entry: LogLine): Promise<LogLine> {
    const { line } = entry;
    if (typeof line === 'string' || typeof line.bundle !== 'string' || !isObject(line.error)) return entry;
    const mapped = await this.#mapOf(String(line.service));
    if (mapped?.digest === line.bundle)
      return { ...entry, line: { ...line, error: inSources(line.error, mapped.map) } };
    this.isOther = true;
    return entry;
  }

  #mapOf(service: string): Promise<Mapped | undefined> {
    const known = this.#maps.get(service) ?? makeMap(service);
    this.#maps.set(service, known);
    return known;
  }
}

interface Mapped {
  /** As the log has it. */
  readonly digest: string;
  readonly map: SourceMap;
}

async function makeMap(service: string): Promise<Mapped | undefined> {
  if (!MAPPED_HERE.includes(service)) return undefined;
  const { code, map } = await buildWithMap({ entry: handlerPath(service) }, join(packageRoot, BUNDLE_FILE));
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  return { digest, map: new SourceMap(JSON.parse(map)) };
}

/** An error as the log has it, and its causes. */
function inSources(error: Record<string, unknown>, map: SourceMap): Record<string, unknown> {
  const { stack, cause } = error;
  return {
    ...error,
    ...(typeof stack === 'string' && { stack: stack.replace(POSITION, (...match) => placeOf(match, map)) }),
    ...(isObject(cause) && { cause: inSources(cause, map) }),
  };
}

function placeOf([position = '', line, column]: string[], map: SourceMap): string {
  const found = map.findOrigin(Number(line), Number(column));
  if (!('fileName' in found)) return position;
  return `${relative(packageRoot, join(packageRoot, found.fileName))}:${found.lineNumber}:${found.columnNumber}`;
}
