import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, matchesGlob } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { readText } from './repository.ts';

interface Workflow {
  on: { pull_request: { paths: string[] } };
  jobs: { diff: { steps: { name?: string; run?: string; env?: Record<string, string> }[] } };
}

const { on, jobs }: Workflow = parse(readText('.github/workflows/rules-diff.yml'));

/** As GitHub decides: the last pattern that matches a path. */
const startsFor = (path: string): boolean => {
  const isMatched = (pattern: string) => matchesGlob(path, pattern.replace(/^!/, ''));
  return on.pull_request.paths.findLast(isMatched)?.startsWith('!') === false;
};

describe('the workflow that comments rules diff', () => {
  it.each([
    'follow-ups.ts',
    'stages.ts',
    'cyberdesk.generated.ts',
    'policies/lines.ts',
    'handlers/shared.ts',
    'prices.json',
    'lambda/rules/actions.ts',
    'package-lock.json',
  ])('an edit of %s, which rules may import, starts the workflow', (path) => {
    expect(startsFor(path)).toBe(true);
  });

  it.each([
    'README.md',
    'docs/deploy.md',
    'test/app/follow-ups.ts',
    'follow-ups.test.ts',
    '.github/workflows/a.yml',
  ])('an edit of %s, which rules do not import, does not start the workflow', (path) => {
    expect(startsFor(path)).toBe(false);
  });
});

const { run = '', env = {} } = jobs.diff.steps.find(({ name }) => name === 'Comment') ?? {};

/** Runs the step with a `gh` that knows these comments. @returns how it changed them, and its exit code */
function comment(comments: object[]) {
  const folder = mkdtempSync(join(tmpdir(), 'rules-diff-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'comments.json'), JSON.stringify(comments));
  writeFileSync(join(folder, 'comment.md'), 'new');
  const gh =
    '#!/usr/bin/env bash\nwhile (($#)); do case $1 in\n' +
    '--jq) exec jq "$2" comments.json;;\n--method) echo "$2 $3" >> changes;;\nesac; shift; done\n';
  writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 });
  const { status } = spawnSync('bash', ['-e', '-c', run], {
    cwd: folder,
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      OURS: env.OURS ?? '',
      GH_REPO: 'clinic/webhooks',
      NUMBER: '7',
    },
  });
  return { status, changes: readFileSync(join(folder, 'changes'), 'utf8').trim() };
}

const canRun = spawnSync('jq', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!canRun)('the comment of rules diff', () => {
  const by = (login: string, id: number, body: string) => ({ id, user: { login }, body });
  const coverage = by('github-actions[bot]', 3, 'Coverage: 99 %');

  it('the comment of rules diff is a new one beside those of people and of other workflows', () => {
    const quoted = by('ada', 2, '<!-- rules diff -->\nWhat is this?');

    expect(comment([quoted, coverage])).toEqual({
      status: 0,
      changes: 'POST repos/clinic/webhooks/issues/7/comments',
    });
  });

  it('the comment of rules diff replaces its own, even when another workflow commented after it', () => {
    const own = by('github-actions[bot]', 2, '<!-- rules diff -->\nold');

    expect(comment([own, coverage])).toEqual({
      status: 0,
      changes: 'PATCH repos/clinic/webhooks/issues/comments/2',
    });
  });
});
