import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Clone } from '../support/clone.ts';
import { REGION } from './support.ts';

/** A command in the clone, with no one at the keyboard, whose AWS is at a URL. */
export async function runIn(
  { root }: Clone,
  url: string,
  [file = '', ...args]: string[],
  more: NodeJS.ProcessEnv = {},
) {
  const env = {
    ...{ PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`, HOME: root },
    ...{ AWS_ENDPOINT_URL: url, AWS_REGION: REGION, AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', CI: 'true' },
    ...more,
  };
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { code: child.exitCode, said: `${out}${err}` };
}
