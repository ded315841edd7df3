import type { ConsoleHandler } from './routes.ts';

/**
 * The console of the local run, to be served on the run's own port. It is loaded by the first request, so that the
 * start does not wait for it.
 *
 * @param url of the local run, for example `http://127.0.0.1:8787`
 */
export function mountConsole(url: string): ConsoleHandler {
  let routes: Promise<ConsoleHandler> | undefined;
  const load = async (): Promise<ConsoleHandler> => {
    const [{ connectLocal }, { consoleRoutes }] = await Promise.all([
      import('../stage/local.ts'),
      import('./routes.ts'),
    ]);
    return consoleRoutes(await connectLocal(url), { tokenInPage: true });
  };
  return async (request, response) => {
    if (!/^\/(\?|$|console\/)/.test(request.url ?? '/')) return false;
    routes ??= load();
    // After a failure the next request tries again.
    routes.catch(() => {
      routes = undefined;
    });
    return (await routes)(request, response);
  };
}
