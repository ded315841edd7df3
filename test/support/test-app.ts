import { fileURLToPath } from 'node:url';

/** The app that tests synthesize and run: with the shipped rules and stages, whatever a customer has made of theirs. */
export const TEST_APP = fileURLToPath(new URL('../app/app.ts', import.meta.url));
