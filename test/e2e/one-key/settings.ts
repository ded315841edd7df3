import { fileURLToPath } from 'node:url';
import type { StageSettings } from '../../../lib/index.ts';

/** A stage with one key of its own for every store. */
export const settings: StageSettings = {
  protectData: false,
  encryptionKey: 'create',
  rules: fileURLToPath(new URL('../../app/follow-ups.ts', import.meta.url)),
};
