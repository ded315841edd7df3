import { beforeEach, describe, expect, it } from 'vitest';
import { WORKFLOW } from '../cyberdesk/setup.ts';
import { adapterOf, api, limit, useApi } from './use-api.ts';

useApi();

describe('an attachment', () => {
  const content = Buffer.alloc(3000, 7);
  let id: string;
  beforeEach(() => {
    const run = api.seedRun({ workflow_id: WORKFLOW });
    api.complete(run.id, { files: [{ filename: 'scan.pdf', content: content.toString('base64') }] });
    id = api.store.runs.get(run.id)?.output_attachment_ids?.[0] ?? '';
  });
  const paths = () => api.state.requests.map(({ path }) => path.replace(id, 'id'));

  it('an attachment has a name and content', async () => {
    const { cyberdesk } = adapterOf(api);

    const outcome = await cyberdesk.getAttachment(id, 3000, limit());

    expect(outcome).toMatchObject({ kind: 'answered', value: { filename: 'scan.pdf', bytes: 3000 } });
    expect(outcome.kind === 'answered' && Buffer.from(outcome.value.content ?? []).equals(content)).toBe(
      true,
    );
  });

  it('an answer about another attachment than the one asked for counts as no answer', async () => {
    const { cyberdesk } = adapterOf(api);
    const body = { id: 'another', filename: 'theirs.pdf', size_bytes: 3000 };
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 200, body });

    expect(await cyberdesk.getAttachment(id, 3000, limit())).toEqual({
      kind: 'failed',
      status: 200,
      mayHaveTakenEffect: false,
    });
    expect(paths()).toEqual(['/v1/run-attachments/id']);
  });

  it('an attachment above the size limit is not downloaded', async () => {
    const { cyberdesk } = adapterOf(api);

    const outcome = await cyberdesk.getAttachment(id, 2999, limit());

    expect(outcome).toEqual({ kind: 'answered', value: { filename: 'scan.pdf', bytes: 3000 } });
    expect(paths()).toEqual(['/v1/run-attachments/id']);
  });

  it('an attachment that is larger than its metadata says is not read beyond the size limit', async () => {
    const { cyberdesk } = adapterOf(api);
    const stored = api.store.attachments.get(id);
    if (stored) stored.size_bytes = 10;

    const outcome = await cyberdesk.getAttachment(id, 2999, limit());

    expect(outcome).toMatchObject({ kind: 'failed', mayHaveTakenEffect: false, status: 200 });
    expect(paths()).toEqual(['/v1/run-attachments/id', '/v1/run-attachments/id/download']);
  });

  it('a page that a proxy answers in place of a file is not taken for the file', async () => {
    const { cyberdesk } = adapterOf(api);
    const stored = api.store.attachments.get(id);
    if (stored) stored.content = Buffer.from('<html>We will be back soon.</html>').toString('base64');

    const outcome = await cyberdesk.getAttachment(id, 3000, limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, status: 200 });
  });
});
