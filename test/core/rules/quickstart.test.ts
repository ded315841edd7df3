import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';

/** The code of Cyberdesk's quickstart for webhooks, in which nothing but the name of the package is replaced. */
const block = (name: string) =>
  readFileSync(join(import.meta.dirname, 'quickstart', `${name}.txt`), 'utf8').replaceAll(
    'from "cyberdesk"',
    'from "cyberdesk-webhooks/cyberdesk"',
  );

/** What the blocks use of packages that are not installed here, and of the reader's own code. */
const SURROUNDINGS = `
declare module 'express' {
  interface Request { body: Buffer; header(name: string): string | undefined }
  interface Response { status(code: number): Response; end(): void }
  interface App {
    use(handler: unknown): void;
    post(path: string, handler: (req: Request, res: Response) => unknown): void;
  }
  const express: { (): App; raw(options: { type: string }): unknown };
  export default express;
}
declare const db: { runs: { upsert(row: { id: string; status: string; output: unknown }): Promise<void> } };
declare const queue: { enqueue(job: string, data: { runId: string }): Promise<void> };
`;

/** The release of svix that the quickstart was written for: its `verify` returns the payload. */
const SVIX_1 = `
declare module 'svix' {
  export class Webhook {
    constructor(secret: string);
    verify(payload: string | Buffer, headers: Record<string, string>): unknown;
  }
  export class WebhookVerificationError extends Error {}
}
`;

it('both TypeScript blocks of the quickstart compile with only the name of the package replaced', () => {
  const said = compile({
    'surroundings.d.ts': SURROUNDINGS + SVIX_1,
    'endpoint.ts': block('endpoint'),
    'follow-up.ts': block('follow-up'),
  });

  expect(block('endpoint')).toContain('RunCompletedEvent, RunResponse');
  expect(said).toEqual({ 'surroundings.d.ts': [], 'endpoint.ts': [], 'follow-up.ts': [] });
});

it('the endpoint of the quickstart has to parse the payload itself with svix 2, whose verify returns nothing', () => {
  const verified = 'const payload = wh.verify(req.body, headers);';
  const parsed = 'wh.verify(req.body, headers);\nconst payload: unknown = JSON.parse(req.body.toString());';

  const said = compile({
    'surroundings.d.ts': SURROUNDINGS,
    'as-it-is.ts': block('endpoint'),
    'parsing.ts': block('endpoint').replace(verified, parsed),
  });

  expect(said).toEqual({
    'surroundings.d.ts': [],
    'as-it-is.ts': [expect.stringContaining("Property 'run' does not exist on type 'never'")],
    'parsing.ts': [],
  });
});
