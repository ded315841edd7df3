import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Count } from './counts.ts';

interface Resource {
  readonly Type: string;
  readonly Metadata?: { readonly 'aws:asset:path'?: string };
  readonly Properties?: { readonly Environment?: { readonly Variables?: Record<string, unknown> } };
}

/** Sizes of the bundles in `cdk.out`; none where nothing was synthesized. */
export function countBundles(root: string): Count[] {
  const folder = join(root, 'cdk.out');
  const name = existsSync(folder)
    ? readdirSync(folder).find((file) => file.endsWith('-dev.template.json'))
    : undefined;
  if (name === undefined) return [];
  const resources: Resource[] = Object.values(JSON.parse(readFileSync(join(folder, name), 'utf8')).Resources);
  return resources.flatMap(({ Type, Metadata, Properties }) => {
    const service = Properties?.Environment?.Variables?.POWERTOOLS_SERVICE_NAME;
    const asset = Metadata?.['aws:asset:path'];
    if (Type !== 'AWS::Lambda::Function' || service === undefined || asset === undefined) return [];
    return [measure(String(service), join(folder, asset))];
  });
}

/** What is uploaded and loaded at a cold start, and beside it the source map. */
function measure(service: string, asset: string): Count {
  const files = readdirSync(asset);
  const [code, maps] = [false, true].map((isMap) =>
    sizeOf(files.filter((file) => file.endsWith('.map') === isMap).map((file) => join(asset, file))),
  );
  return { name: `bundle of the ${service}`, value: `${code}; source map ${maps}` };
}

function sizeOf(paths: readonly string[]): string {
  const contents = paths.map((path) => readFileSync(path));
  const raw = contents.reduce((sum, content) => sum + content.length, 0);
  const zipped = contents.reduce((sum, content) => sum + deflateRawSync(content).length, 0);
  return `${inKib(raw)} KiB, zipped ${inKib(zipped)} KiB`;
}

const inKib = (bytes: number): string => (bytes / 1024).toFixed(1);
