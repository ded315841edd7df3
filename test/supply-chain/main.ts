import { writeFileSync } from 'node:fs';
import { makeSbom, readBundled } from './sbom.ts';

// `npm run sbom -- <file>`: what the functions' bundles are made of, in CycloneDX.
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('missing file: use npm run sbom -- <file>');
  process.exit(2);
}
const sbom = makeSbom(await readBundled());
writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`${file}: ${sbom.components.length} components`);
