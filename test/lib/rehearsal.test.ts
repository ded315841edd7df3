import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reduce } from '../rehearsal/reduce.ts';
import { synth, type Template } from './support/synth.ts';

describe('without tools', () => {
  const rehearse = (CI: string) =>
    spawnSync(process.execPath, ['test/rehearsal/main.ts'], {
      env: { PATH: dirname(process.execPath), CI },
      encoding: 'utf8',
    });

  it('a rehearsal without its tools reports that it was skipped', () => {
    const { status, stdout } = rehearse('');

    expect(stdout).toMatch(
      /^rehearsal SKIPPED: cfn-lint and moto and checkov not found; to run it: pip install/,
    );
    expect(status).toBe(0);
  });

  it('a rehearsal without its tools fails in CI', () => {
    const { status, stderr } = rehearse('true');

    expect(stderr).toMatch(/^rehearsal: cfn-lint and moto and checkov not found, and CI must not skip it/);
    expect(status).toBe(1);
  });
});

describe('template', () => {
  const full = synth();
  const { template, rehearsed, dropped } = reduce(full);

  it('the rehearsed template contains every table, queue, topic and key of the full template', () => {
    const stateful = (of: Template) =>
      Object.entries(of.Resources)
        .filter(([, { Type }]) => /::(Table|Queue|Topic|Key)$/.test(Type))
        .map(([id]) => id);

    expect(stateful(template)).toEqual(stateful(full));
  });

  it('the rehearsed template does not refer to omitted resources', () => {
    const left = Object.keys(full.Resources).filter((id) => !(id in template.Resources));
    const references = JSON.stringify(template.Resources).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g);

    expect(left.length).toBeGreaterThan(0);
    expect([...references].map(([, id]) => id).filter((id) => left.includes(id as string))).toEqual([]);
  });

  it('the rehearsed template counts every resource as rehearsed or omitted', () => {
    const count = (types: readonly string[]) =>
      types.reduce((sum, type) => sum + Number(type.split('×')[1] ?? 1), 0);

    expect(count(rehearsed) + count(dropped)).toBe(Object.keys(full.Resources).length);
  });
});
