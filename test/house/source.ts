import { posix } from 'node:path';
import { type Comment, type Node, parseSync, visitorKeys } from 'oxc-parser';
import { findSpecifiers } from './specifiers.ts';

/** One import or re-export of another file of the repository. */
export interface Import {
  /** Path from the root, as in `lambda/core/model/items.ts`. */
  readonly target: string;
  /** Line of the statement, counted from 1. */
  readonly line: number;
  /** The name from package.json (`#follow-ups`) by which the file is imported. */
  readonly alias?: string;
}

/** What an import names that is not a file of the repository: a package, or a module of Node.js. */
export interface Specifier {
  readonly name: string;
  readonly line: number;
}

export interface FunctionShape {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly parameters: number;
}

export interface ClassShape {
  readonly name: string;
  readonly line: number;
  /** Name of the class that it extends, without what it is a member of. */
  readonly parent: string | undefined;
}

/** What the structure tests know of one file. */
export interface Source {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Imports of packages and of Node.js. */
  readonly packages: readonly Specifier[];
  readonly functions: readonly FunctionShape[];
  readonly classes: readonly ClassShape[];
  /** Type assertions: `x as T`, without `as const`. */
  readonly casts: number;
  readonly anyTypes: number;
  readonly nonNulls: number;
  readonly comments: readonly { readonly line: number; readonly text: string }[];
}

/** A syntax error in a file that is to be read. */
export class SyntaxFaultError extends Error {
  override name = 'SyntaxFaultError';
}

/** Node's own names for files of this repository: `imports` in package.json. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Reads one file. It needs no file system, so a test can feed it a file that does not exist.
 * @throws SyntaxFaultError where the text cannot be parsed
 */
export function readSource(path: string, text: string, aliases: Aliases = {}): Source {
  const { program, comments, errors } = parseSync(path, text);
  const [fault] = errors;
  if (fault) throw new SyntaxFaultError(`${path}: ${fault.message}`);
  const lineAt = lineCounter(text);
  const nodes = [...walk(program)];
  const specifiers = findSpecifiers(
    nodes.map(({ node }) => node),
    // TypeScript's compiler reads types from the comments of JavaScript only.
    /\.[mc]?js$/.test(path) ? comments : [],
  ).map(({ name, start }) => ({ name, line: lineAt(start) }));
  return {
    path,
    lines: countLines(text),
    imports: specifiers.flatMap((specifier) => importOf(specifier, path, aliases) ?? []),
    packages: specifiers.filter(({ name }) => !name.startsWith('.') && !(name in aliases)),
    functions: nodes.flatMap((node) => shapeOf(node, lineAt) ?? []),
    classes: nodes.flatMap((node) => classOf(node, lineAt) ?? []),
    casts: nodes.filter(isCast).length,
    anyTypes: nodes.filter(({ node }) => node.type === 'TSAnyKeyword').length,
    nonNulls: nodes.filter(({ node }) => node.type === 'TSNonNullExpression').length,
    comments: comments.map((comment) => readComment(comment, lineAt)),
  };
}

interface Visit {
  readonly node: Node;
  readonly parent: Node | undefined;
}

function* walk(node: Node, parent?: Node): Generator<Visit> {
  yield { node, parent };
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [Reflect.get(node, key)].flat()) {
      if (isNode(child)) yield* walk(child, node);
    }
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

type LineAt = (offset: number) => number;

function importOf({ name, line }: Specifier, from: string, aliases: Aliases): Import | undefined {
  if (name.startsWith('.')) return { target: posix.join(posix.dirname(from), name), line };
  const target = aliases[name];
  return target === undefined ? undefined : { target, line, alias: name };
}

function shapeOf({ node, parent }: Visit, lineAt: LineAt): FunctionShape | undefined {
  if (node.type !== 'FunctionDeclaration' && node.type !== 'FunctionExpression') {
    if (node.type !== 'ArrowFunctionExpression') return undefined;
  }
  const line = lineAt(node.start);
  return {
    name: nameOf(node, parent),
    line,
    lines: lineAt(node.end) - line + 1,
    parameters: node.params.length,
  };
}

function classOf({ node, parent }: Visit, lineAt: LineAt): ClassShape | undefined {
  if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return undefined;
  const { superClass } = node;
  const extended = superClass?.type === 'MemberExpression' ? superClass.property : superClass;
  return {
    name: nameOf(node, parent),
    line: lineAt(node.start),
    parent: extended?.type === 'Identifier' ? extended.name : undefined,
  };
}

function nameOf(node: Node, parent: Node | undefined): string {
  const named = [node, parent].map((one) => {
    if (one === undefined) return undefined;
    const name = 'id' in one ? one.id : 'key' in one ? one.key : undefined;
    return isNode(name) && 'name' in name ? String(name.name) : undefined;
  });
  return named.find((name) => name !== undefined) ?? '(anonymous)';
}

function isCast({ node }: Visit): boolean {
  if (node.type !== 'TSAsExpression' && node.type !== 'TSTypeAssertion') return false;
  const type = node.typeAnnotation;
  const isConst =
    type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const';
  return !isConst;
}

const readComment = ({ value, start }: Comment, lineAt: LineAt) => ({
  line: lineAt(start),
  // A phrase may be broken over two lines.
  text: value.replace(/\s*\n\s*\*?\s*/g, ' ').trim(),
});

const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/** Line numbers of offsets, by binary search in the starts of all lines. */
function lineCounter(text: string): LineAt {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
