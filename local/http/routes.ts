import type { RouteModel } from '../template/model.ts';

/** A route that fits a request. */
export interface RouteMatch {
  readonly route: RouteModel;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds the route of a request as an HTTP API does: the full path before a greedy one, its method before `ANY`,
 * `$default` last.
 * @param path without query; the stage's part at the front may be missing, as behind a domain of one's own
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
    const found = fits(template, path) ?? fits(template, withoutStage(path, route.stage));
    if (!found) return [];
    const rank = (template.includes('+}') ? 20 : template.includes('{') ? 10 : 0) + (verb === 'ANY' ? 1 : 0);
    return [{ route, pathParameters: Object.keys(found).length > 0 ? found : undefined, rank }];
  });
  return candidates.toSorted((a, b) => a.rank - b.rank)[0];
}

function withoutStage(path: string, stage: string): string {
  return stage !== '$default' && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

function fits(template: string, path: string): Record<string, string> | undefined {
  const names: string[] = [];
  const source = template
    .replace(/[.*?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
      names.push(name);
      return greedy ? '(.+)' : '([^/]+)';
    });
  const match = new RegExp(`^${source}$`).exec(path);
  if (!match) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1] ?? '')]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
