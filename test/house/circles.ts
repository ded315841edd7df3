import type { Source } from './source.ts';

/** Groups of files that import each other, directly or by way of others; each group in alphabetical order. */
export function findCircles(sources: readonly Source[]): string[][] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  return new StrongComponents(graph).find().filter((group) => isCircle(group, graph));
}

type Graph = ReadonlyMap<string, readonly string[]>;

const isCircle = (group: string[], graph: Graph): boolean => {
  const [first = ''] = group;
  return group.length > 1 || (graph.get(first) ?? []).includes(first);
};

/** Tarjan's algorithm: a group is complete when its first file's search ends without a way back past that file. */
class StrongComponents {
  readonly #graph: Graph;
  readonly #order = new Map<string, number>();
  readonly #stack: string[] = [];
  readonly #found: string[][] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  find(): string[][] {
    for (const path of this.#graph.keys()) if (!this.#order.has(path)) this.#visit(path);
    return this.#found;
  }

  #visit(path: string): number {
    const order = this.#order.size;
    let lowest = order;
    this.#order.set(path, order);
    this.#stack.push(path);
    for (const target of this.#graph.get(path) ?? []) lowest = Math.min(lowest, this.#reach(target));
    if (lowest === order) this.#found.push(this.#stack.splice(this.#stack.indexOf(path)).sort());
    return lowest;
  }

  /** The earliest file that can be reached by way of this one. */
  #reach(target: string): number {
    if (!this.#graph.has(target)) return Number.POSITIVE_INFINITY;
    const order = this.#order.get(target);
    if (order === undefined) return this.#visit(target);
    return this.#stack.includes(target) ? order : Number.POSITIVE_INFINITY;
  }
}
