import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Asks the desktop to open an address. Where there is none, the printed link does.
 *
 * @param url without anything secret: every user of the machine sees what a program is started with
 */
export function openBrowser(url: string): void {
  const [command, ...leading] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...leading, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
