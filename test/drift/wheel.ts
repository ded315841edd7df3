import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from './api.ts';

/** The vendor's package could not be had or read. The message says why, in one line. */
export class NoWheelError extends Error {
  override readonly name = 'NoWheelError';
}

const PYTHON = process.platform === 'win32' ? 'python' : 'python3';

/**
 * Reads the newest version on PyPI. Only a wheel is taken, so nothing of the package runs.
 *
 * @throws NoWheelError without Python, pip or network.
 */
export function readNewest(): Api {
  const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-drift-'));
  try {
    const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--retries=1', '--timeout=15'];
    const pip = ['-m', 'pip', 'download', ...options, '--dest', folder, 'cyberdesk'];
    const { status, error } = spawnSync(PYTHON, pip, { stdio: 'ignore', timeout: 180_000 });
    if (error && 'code' in error && error.code === 'ENOENT') throw noPython();
    const [wheel] = readdirSync(folder);
    if (status !== 0 || wheel === undefined)
      throw new NoWheelError(
        'PyPI cannot be reached, or has no wheel of cyberdesk: nothing was compared. Run `python3 -m pip download --no-deps cyberdesk` to see why',
      );
    return readWheel(join(folder, wheel));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads one wheel. @throws NoWheelError if it is not one, or without Python. */
export function readWheel(path: string): Api {
  const reader = join(import.meta.dirname, 'read_wheel.py');
  const { status, stdout, stderr, error } = spawnSync(PYTHON, [reader, path], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw noPython();
  if (status !== 0) throw new NoWheelError(`${path} cannot be read: ${stderr.trim().split('\n').at(-1)}`);
  const api: Api = JSON.parse(stdout);
  if (Object.keys(api.models).length > 0 && Object.keys(api.operations).length > 0) return api;
  throw new NoWheelError(
    `cyberdesk ${api.version} has no models or operations in the form that test/drift/read_wheel.py knows`,
  );
}

const noPython = () => new NoWheelError('Python 3 is needed to read the package: install it, with pip');
