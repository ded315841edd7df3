import { describe, expect, it } from 'vitest';
import { MAX_ATTACHMENT_BYTES, resolvePlaceholders } from '../../../lambda/core/act/resolve-placeholders.ts';
import type { ActionRecord, Placeholder } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { TestCyberdesk } from '../support/cyberdesk.ts';
import { TestSecrets } from '../support/secrets.ts';

const action = (placeholders?: Placeholder[], pins?: ActionRecord['pins']) =>
  ({ ...(placeholders && { placeholders }), ...(pins && { pins }) }) as ActionRecord;

function ports(files: Record<string, Uint8Array> = {}) {
  const secrets = new TestSecrets();
  const cyberdesk = new TestCyberdesk();
  cyberdesk.answers.getAttachment = ((id: string, max: number) => {
    const content = files[id];
    if (!content) return { kind: 'failed', status: 404, mayHaveTakenEffect: false };
    const about = { filename: `${id}.txt`, bytes: content.byteLength };
    return { kind: 'answered', value: content.byteLength > max ? about : { ...about, content } };
  }) as never;
  return { secrets, cyberdesk };
}

const run = (p: ReturnType<typeof ports>, a: ActionRecord, body: string) =>
  resolvePlaceholders({ ...p, settings: { sensitiveSecretArns: ['arn'] } }, a, body, { until: 9 });
const password: Placeholder = { path: ['s', 'p'], secret: { id: 'arn' } };

describe('resolvePlaceholders', () => {
  it('leaves a body without references as it is, byte for byte', async () => {
    const body = '{"b":1,  "a":2}';
    expect(await run(ports(), action(), body)).toEqual({ kind: 'resolved', body, pins: [] });
  });

  it('puts in today’s secret, and pins its version', async () => {
    const p = ports();
    p.secrets.set('arn#AWSCURRENT', 'value', 'v7');
    expect(await run(p, action([password]), '{"s":{"p":null},"z":1}')).toEqual({
      kind: 'resolved',
      body: '{"s":{"p":"value"},"z":1}',
      pins: [{ version: 'v7' }],
    });
  });

  it('uses exactly the pinned version later', async () => {
    const p = ports();
    p.secrets.set('arn#AWSCURRENT', 'new', 'v8');
    p.secrets.set('arn#v7', 'old', 'v7');
    const pinned = action([password], [{ version: 'v7' }]);
    expect(await run(p, pinned, '{"s":{"p":null}}')).toMatchObject({
      body: '{"s":{"p":"old"}}',
      pins: [{ version: 'v7' }],
    });
    p.secrets.values.delete('arn#v7');
    expect(await run(p, pinned, '{"s":{"p":null}}')).toEqual({ kind: 'refused', reason: 'secret_missing' });
  });

  it('reads a field of a JSON secret', async () => {
    const p = ports();
    const field = action([{ path: ['s', 'p'], secret: { id: 'arn', field: 'pin' } }]);
    p.secrets.set('arn#AWSCURRENT', '{"pin":{"deep":1}}');
    expect(await run(p, field, '{"s":{"p":null}}')).toMatchObject({ body: '{"s":{"p":{"deep":1}}}' });
    for (const value of ['{}', 'no json', 'null', '5']) {
      p.secrets.set('arn#AWSCURRENT', value);
      expect(await run(p, field, '{"s":{"p":null}}'), value).toEqual({
        kind: 'refused',
        reason: 'secret_missing',
      });
    }
  });

  it('fetches nothing that the stage does not allow', async () => {
    const p = ports();
    const other = action([{ path: ['s'], secret: { id: 'other' } }]);
    expect(await run(p, other, '{"s":null}')).toEqual({ kind: 'refused', reason: 'secret_not_allowed' });
    expect(p.secrets.requests).toBe(0);
    p.secrets.values.set('arn#AWSCURRENT', { kind: 'denied' });
    expect(await run(p, action([password]), '{"s":{"p":null}}')).toEqual({
      kind: 'refused',
      reason: 'secret_not_allowed',
    });
  });

  it('waits out an outage of the store without blaming Cyberdesk', async () => {
    const p = ports();
    p.secrets.failing = true;
    expect(await run(p, action([password]), '{"s":{"p":null}}')).toEqual({
      kind: 'unanswered',
      failure: { kind: 'failed', mayHaveTakenEffect: false, notAsked: true },
    });
  });

  const files = action([
    { path: ['f', '0'], attachments: { ids: ['a', 'b'] } },
    { path: ['f', '2'], attachments: { ids: ['c'] } },
  ]);
  const contents = { a: Buffer.from('A'), b: Buffer.from('B'), c: Buffer.from('C') };
  const fileBody = '{"f":[null,{"filename":"x","content":"eA=="},null]}';

  it('puts in attachments in their places, and pins their hashes', async () => {
    const resolved = await run(ports(contents), files, fileBody);
    expect(resolved).toMatchObject({
      pins: [{ hashes: [sha256('A'), sha256('B')] }, { hashes: [sha256('C')] }],
    });
    expect(JSON.parse((resolved as { body: string }).body).f).toEqual([
      { filename: 'a.txt', content: 'QQ==' },
      { filename: 'b.txt', content: 'Qg==' },
      { filename: 'x', content: 'eA==' },
      { filename: 'c.txt', content: 'Qw==' },
    ]);
  });

  it('takes the place of a whole value too', async () => {
    const whole = action([{ path: ['f'], attachments: { ids: ['a'] } }]);
    expect(await run(ports(contents), whole, '{"f":null}')).toMatchObject({
      body: '{"f":[{"filename":"a.txt","content":"QQ=="}]}',
    });
    const none = action([{ path: ['f', '0'], attachments: { ids: [] } }]);
    expect(await run(ports(), none, '{"f":[null]}')).toMatchObject({
      body: '{"f":[]}',
      pins: [{ hashes: [] }],
    });
  });

  it('does not send another file than before', async () => {
    const pins = [{ hashes: [sha256('A'), sha256('B')] }, { hashes: [sha256('other')] }];
    expect(await run(ports(contents), action(files.placeholders, pins), fileBody)).toEqual({
      kind: 'refused',
      reason: 'attachment_missing',
    });
  });

  it('bounds what it reads, all files together', async () => {
    const half = Buffer.alloc(MAX_ATTACHMENT_BYTES / 2);
    const one = action([{ path: ['f', '0'], attachments: { ids: ['a', 'b'] } }]);
    expect(await run(ports({ a: half, b: half }), one, '{"f":[null]}')).toHaveProperty('kind', 'resolved');
    const more = { a: half, b: Buffer.alloc(half.byteLength + 1) };
    expect(await run(ports(more), one, '{"f":[null]}')).toEqual({
      kind: 'refused',
      reason: 'attachment_too_large',
    });
    const two = action([
      { path: ['f', '0'], attachments: { ids: ['a'] } },
      { path: ['f', '1'], attachments: { ids: ['b'] } },
    ]);
    expect(await run(ports({ a: half, b: half }), two, '{"f":[null,null]}')).toHaveProperty(
      'kind',
      'resolved',
    );
    expect(await run(ports(more), two, '{"f":[null,null]}')).toEqual({
      kind: 'refused',
      reason: 'attachment_too_large',
    });
  });

  it.each([404, 410, 422, 400, 405])('counts an attachment answered by %i as gone', async (status) => {
    const p = ports();
    p.cyberdesk.answers.getAttachment = () =>
      ({ kind: 'failed', status, mayHaveTakenEffect: false }) as never;
    expect(await run(p, files, fileBody)).toEqual({ kind: 'refused', reason: 'attachment_missing' });
  });

  it.each([401, 429, 503, undefined])('tries again for one answered by %s', async (status) => {
    const p = ports();
    const failure = { kind: 'failed' as const, mayHaveTakenEffect: false, ...(status && { status }) };
    p.cyberdesk.answers.getAttachment = () => failure as never;
    expect(await run(p, files, fileBody)).toEqual({ kind: 'unanswered', failure });
  });
});
