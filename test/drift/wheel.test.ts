import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readWheel } from './wheel.ts';

/** Code in the form that the vendor's generator writes, beside a module that must not run. */
const FILES = {
  'cyberdesk-9.9.9.dist-info/METADATA': 'Metadata-Version: 2.1\nName: cyberdesk\nVersion: 9.9.9\n',
  'client/__init__.py': 'raise SystemExit("the package was run")\n',
  'client/models/run_status.py': [
    'from enum import Enum',
    'class RunStatus(str, Enum):',
    '    ERROR = "error"',
    '    SUCCESS = "success"',
    '    def __str__(self) -> str:',
    '        return str(self.value)',
  ],
  'client/models/run_create.py': [
    'from __future__ import annotations',
    '@_attrs_define',
    'class RunCreate:',
    '    workflow_id: UUID',
    '    type_: str',
    '    files: list[FileInput] | None | Unset = UNSET',
    '    tag: Union[Unset, Optional[str]] = UNSET',
    '    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)',
    '    def to_dict(self) -> dict[str, Any]:',
    '        field_dict: dict[str, Any] = {}',
    '        field_dict.update({"workflow_id": workflow_id, "type": type_})',
    '        if files is not UNSET:',
    '            field_dict["files"] = files',
    '        return field_dict',
  ],
  'client/api/runs/create_run.py': [
    'def _get_kwargs(run_id: UUID, *, body: RunCreate, limit: int | Unset = 100) -> dict[str, Any]:',
    '    headers: dict[str, Any] = {}',
    '    headers["Idempotency-Key"] = idempotency_key',
    '    params: dict[str, Any] = {}',
    '    params["limit"] = limit',
    '    _kwargs: dict[str, Any] = {"method": "post", "url": "/v1/runs/{run_id}".format(run_id=run_id)}',
    '    headers["Content-Type"] = "application/json"',
    '    return _kwargs',
    'def _parse_response(*, client, response):',
    '    if response.status_code == 201:',
    '        return RunResponse.from_dict(response.json())',
    '    if response.status_code == 204:',
    '        return None',
  ],
};

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'cyberdesk-wheel-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

function makeWheel(files: Record<string, string | string[]>): string {
  const root = folder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), [text].flat().join('\n'));
  }
  const tops = [...new Set(Object.keys(files).map((path) => path.replace(/\/.*/, '')))];
  execFileSync('python3', ['-m', 'zipfile', '-c', 'cyberdesk.whl', ...tops], { cwd: root });
  return join(root, 'cyberdesk.whl');
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

// CI has Python; only `npm run drift` needs it.
describe.skipIf(!hasPython && !process.env.CI)('the reader of the vendor’s package', () => {
  it('the models, enumerations and operations of a wheel are read without running the package', () => {
    expect(readWheel(makeWheel(FILES))).toEqual({
      version: '9.9.9',
      enumerations: { RunStatus: ['error', 'success'] },
      models: {
        RunCreate: {
          workflow_id: { types: ['uuid'], optional: false },
          type: { types: ['string'], optional: false },
          files: { types: ['list of FileInput', 'null'], optional: true },
          tag: { types: ['null', 'string'], optional: true },
        },
      },
      operations: {
        'POST /v1/runs/{run_id}': {
          query: { limit: { types: ['integer'], optional: true } },
          headers: ['Idempotency-Key'],
          body: ['RunCreate'],
          responses: { '201': 'RunResponse', '204': null },
        },
      },
    });
  });

  it('a file that is no wheel is refused in one line', () => {
    const path = join(folder(), 'cyberdesk.whl');
    writeFileSync(path, 'not a zip file');

    expect(() => readWheel(path)).toThrow(/^.*cyberdesk\.whl cannot be read: .*not a zip file$/);
  });

  it('a package in another form is refused, instead of everything being gone', () => {
    const { 'client/models/run_create.py': _, ...others } = FILES;

    expect(() => readWheel(makeWheel(others))).toThrow(
      'cyberdesk 9.9.9 has no models or operations in the form',
    );
  });

  it('one line says that nothing was compared if PyPI cannot be reached', () => {
    const env = { ...process.env, PIP_INDEX_URL: 'http://127.0.0.1:1/simple', PIP_NO_CACHE_DIR: '1' };

    const { status, stdout, stderr } = spawnSync('node', ['test/drift/main.ts'], { encoding: 'utf8', env });

    expect(stderr).toMatch(/^drift: PyPI cannot be reached.*nothing was compared.*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

it('the report in the documentation is that of the last review', () => {
  const { version, date } = JSON.parse(readFileSync('test/drift/reviewed.json', 'utf8'));
  const page = readFileSync('docs/drift.md', 'utf8');

  expect(page).toContain(`PyPI cyberdesk ${version} and`);
  expect(page).toContain(`since the review of ${version} on ${date}`);
});
