import { writeFileSync } from 'node:fs';
import { readApi } from './api/read.ts';
import { renderApi } from './api/render.ts';

// `npm run docs:api`: writes API.md from the doc comments of everything that lib/index.ts exports.
writeFileSync('API.md', renderApi(readApi('lib/index.ts')));
