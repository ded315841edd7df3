import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Asks the desktop to open an address. Where there is no desktop, the printed link remains.
 *
 * @param url must not contain a secret: every user of the machine can read a program's arguments
 */
export function openBrowser(url: string): void {
  const [command, ...leading] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...leading, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
