import { readFile, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { planFor } from '../../lambda/testing/index.ts';
import { maskPayload } from '../../ops/events/mask.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';
import { followSuccess } from './support/service.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
const save = (...argv: string[]) => run(['events', 'save', ...argv], { connect: async () => here.stage });

const WEBHOOK = `{"event_id": "e-1", "event_type": "run_complete", "occurred_at": "2026-11-25T10:00:00Z",
 "run": { "id": "r-1", "workflow_id": "w-1", "status": "success", "ended_at": "2026-11-25T10:00:00Z",
  "output_attachment_ids": ["a-1"],
  "post_run_checks": [{ "status": "failed", "name": "Total is 12.50", "error_message": "it was 13" }],
  "output_data": { "status": "Approved by J. Doe", "born": "1970-02-28", "at": "1970-02-28T08:15:00+02:00",
   "amount": 1234.50, "account": 98765432109876543210, "tiny": -1.5e-7, "ill": true, "none": null, "id": "x7",
   "lines": [ "Geprüft 3", "☂", "" ], "event_id": { "id": "deep" } } } }`;

const MASKED = `{"event_id": "e-1", "event_type": "run_complete", "occurred_at": "2026-11-25T10:00:00Z",
 "run": { "id": "r-1", "workflow_id": "w-1", "status": "success", "ended_at": "2026-11-25T10:00:00Z",
  "output_attachment_ids": ["a-1"],
  "post_run_checks": [{ "status": "failed", "name": "Aaaaa aa 11.11", "error_message": "aa aaa 11" }],
  "output_data": { "status": "Aaaaaaaa aa A. Aaa", "born": "1111-11-11", "at": "1111-11-11T11:11:11+11:11",
   "amount": 1111.11, "account": 11111111111111111111, "tiny": -1.1e-7, "ill": false, "none": null, "id": "a1",
   "lines": [ "Aaaaaaa 1", "?", "" ], "event_id": { "id": "aaaa" } } } }`;

it('a masked webhook keeps its ids, states and times, and the types, shapes and digits of all other values', () => {
  expect(maskPayload(WEBHOOK)).toBe(MASKED);
});

it('an object in the place of an id is masked, and so is a field with the name of one at another place', () => {
  expect(maskPayload('{"event_id":{"id":"secret"},"machines":[{"status":"error","run":{"id":"x"}}]}')).toBe(
    '{"event_id":{"id":"aaaaaa"},"machines":[{"status":"error","run":{"id":"a"}}]}',
  );
});

it('whatever JSON is masked stays JSON of the same shape, without the letters and digits of its values', () => {
  const shapeOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shapeOf);
    if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
  };
  const stringsIn = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
  };
  fc.assert(
    fc.property(fc.jsonValue(), (payload) => {
      const text = JSON.stringify({ payload });
      const masked = JSON.parse(maskPayload(text));

      expect(shapeOf(masked)).toEqual(shapeOf(JSON.parse(text)));
      for (const string of stringsIn(masked))
        expect(string.replace(/[^\p{L}\p{N}]/gu, '')).toMatch(/^[aA1]*$/);
    }),
  );
});

it('a masked webhook may be nested so deep that recursion would end', () => {
  const depth = 100_000;
  const text = `{"deep":${'['.repeat(depth)}"x"${']'.repeat(depth)}}`;

  expect(maskPayload(text)).toBe(text.replace('x', 'a'));
});

it('events save writes a masked fixture that only its owner can read, for the testing kit and for send', async () => {
  const folder = ownFolder({});
  await here.service.receive(WEBHOOK);
  const file = folder.path('fixture.json');

  const { code, out } = await save('e-1', file);

  expect([code, out]).toEqual([0, expect.stringContaining(`wrote ${file}, with its values masked`)]);
  expect(out).toContain(`"npx --no cyberdesk-webhooks send --file ${file}"`);
  const text = await readFile(file, 'utf8');
  expect(text).toBe(MASKED);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(planFor(followSuccess, JSON.parse(text).run)).toHaveProperty('follow');
});

it('events save --payload writes the body byte for byte, JSON or not', async () => {
  const folder = ownFolder({});
  await here.service.receive(WEBHOOK);
  const file = folder.path('whole.json');

  const { json } = await save('r-1', file, '--payload', '--json');

  expect(json()).toEqual({ event_id: 'e-1', file, masked: false });
  expect(await readFile(file, 'utf8')).toBe(WEBHOOK);
});

it('events save refuses to mask what is not a JSON object, and writes nothing', async () => {
  const folder = ownFolder({});
  const id = await here.service.receive('no JSON, but a value');

  const { code, err } = await save(id, folder.path('x.json'));

  expect([code, err]).toEqual([
    2,
    expect.stringContaining('cannot be masked: write it as it is with --payload'),
  ]);
  await expect(stat(folder.path('x.json'))).rejects.toThrow('ENOENT');
});

it('events save never writes over a file, and names one after the event unless it is given', async () => {
  const folder = ownFolder({});
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(folder.path('.'));
  await here.service.receive(WEBHOOK.replace('e-1', 'a/b:1'));
  const file = folder.path('mine.json');
  await writeFile(file, 'mine');

  const refused = await save('a/b:1', file);
  const named = await save('a/b:1', '--json');

  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('exists: name another file')]);
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(named.json()).toMatchObject({ file: 'a-b-1.json', masked: true });
});
