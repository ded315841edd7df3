import { compilePath } from '../../ops/http/index.ts';
import type { RouteModel } from '../template/model.ts';

export interface RouteMatch {
  readonly route: RouteModel;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds the route for a request as an HTTP API does: a full path before a greedy one, its own method before `ANY`,
 * `$default` last.
 * @param path without query; the stage's segment in front may be missing, as behind a custom domain
 */
export function matchRoute(
  routes: readonly RouteModel[],
  method: string,
  path: string,
): RouteMatch | undefined {
  const candidates = routes.flatMap((route) => {
    if (route.key === '$default') return [{ route, pathParameters: undefined, rank: 100 }];
    const [verb = '', template = ''] = route.key.split(' ');
    if (verb !== 'ANY' && verb !== method) return [];
    const match = compilePath(template);
    const found = match(path) ?? match(withoutStage(path, route.stage));
    if (!found) return [];
    const rank = (template.includes('+}') ? 20 : template.includes('{') ? 10 : 0) + (verb === 'ANY' ? 1 : 0);
    return [{ route, pathParameters: Object.keys(found).length > 0 ? found : undefined, rank }];
  });
  return candidates.toSorted((a, b) => a.rank - b.rank)[0];
}

const withoutStage = (path: string, stage: string): string =>
  stage !== '$default' && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
