export type PathParameters = Readonly<Record<string, string>>;

/** `{name}` matches one segment, `{name+}` one or more; what is compiled gives the parameters, or undefined. */
export function compilePath(template: string): (path: string) => PathParameters | undefined {
  const source = template
    .replace(/[.*?^$()|[\]\\]/g, '\\$&')
    .replace(
      /\{(\w+)(\+?)\}/g,
      (_, name: string, greedy: string) => `(?<${name}>${greedy ? '.+' : '[^/]+'})`,
    );
  const pattern = new RegExp(`^${source}$`);
  return (path) => {
    const match = pattern.exec(path);
    const groups = Object.entries(match?.groups ?? {}).map(([name, text]) => [name, decode(text)]);
    return match ? Object.fromEntries(groups) : undefined;
  };
}

/** What a router finds for a request. */
export type Found<T> =
  | { kind: 'route'; route: T; parameters: PathParameters }
  /** The path exists, but not with this method. */
  | { kind: 'wrong_method' }
  | { kind: 'not_found' };

/** Finds routes by `<METHOD> <path template>`, as in `{ 'GET events/{id}': … }`; the first match counts. */
export function createRouter<T>(routes: Readonly<Record<string, T>>) {
  const table = Object.entries(routes).map(([key, route]) => {
    const [method = '', template = ''] = key.split(' ');
    return { method, match: compilePath(template), route };
  });
  return (method: string, path: string): Found<T> => {
    let found: Found<T> = { kind: 'not_found' };
    for (const entry of table) {
      const parameters = entry.match(path);
      if (!parameters) continue;
      if (entry.method === method) return { kind: 'route', route: entry.route, parameters };
      found = { kind: 'wrong_method' };
    }
    return found;
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: the text itself is what was meant.
    return text;
  }
}
