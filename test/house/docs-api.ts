import { writeFileSync } from 'node:fs';
import { readEntries } from './api/entries.ts';
import { renderApi } from './api/render.ts';

// `npm run docs:api`: writes API.md from the doc comments of everything that the entries of the package export.
writeFileSync('API.md', renderApi(readEntries()));
