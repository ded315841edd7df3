import type { ConsoleHandler } from './routes.ts';

/** The console on the port of the local run at `url`, loaded by the first request: the start does not wait for it. */
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
