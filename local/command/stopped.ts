import { once } from 'node:events';

/** Milliseconds between two looks at who the parent is. */
const LOOK_EVERY = 500;

/**
 * Settles when this process is asked to end: by a signal, or because the shell has ended in which `npm start` runs it.
 * @param parent the id of that shell, read as the process begins: it may end while the rest is still being loaded.
 */
export async function stopped(env: NodeJS.ProcessEnv, parent: number): Promise<void> {
  const asked = [once(process, 'SIGINT'), once(process, 'SIGTERM')];
  await Promise.race(env.npm_lifecycle_event === undefined ? asked : [...asked, orphanedBy(parent)]);
}

/** npm passes a SIGTERM on to the shell of its script only. That ends, and whatever ran in it would go on and keep the port. */
function orphanedBy(parent: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY);
    timer.unref();
  });
}
