import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Declaration, type Node, parseSync, type Statement } from 'oxc-parser';

/** An exported declaration or a public member of one. */
export interface Entry {
  name: string;
  /** Type of a property; signature of a function or method, which begins with a parenthesis. */
  type: string;
  optional: boolean;
  /** The doc comment without its tags. */
  text: string;
  /** Tag → its text, such as `default` → `5`. */
  tags: Record<string, string>;
  /** Parameters that the doc comment describes → their descriptions. */
  params: Record<string, string>;
}

export interface Export extends Entry {
  kind: Declaration['type'];
  /** Exported with `export type`. */
  typeOnly: boolean;
  /** Own members and those inherited from parents that are not exported. */
  members: Entry[];
  /** Exported parents. */
  parents: string[];
}

/** A public name has no doc comment. */
export class UndocumentedError extends Error {
  override name = 'UndocumentedError';
}

/** Everything that a module exports from other files. @throws UndocumentedError */
export function readApi(index: string): Export[] {
  const found = new Map<string, { file: string; typeOnly: boolean }>();
  for (const statement of new SourceFile(index).body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source === null) continue;
    const file = join(dirname(index), statement.source.value);
    for (const { local, exportKind } of statement.specifiers) {
      const typeOnly = statement.exportKind === 'type' || exportKind === 'type';
      if ('name' in local) found.set(local.name, { file, typeOnly });
    }
  }
  const names = new Set(found.keys());
  return [...found].map(([name, { file, typeOnly }]) => ({
    ...new SourceFile(file).read(name, names),
    typeOnly,
  }));
}

class SourceFile {
  readonly body: Statement[];
  readonly #path: string;
  readonly #source: string;
  readonly #comments: { value: string; end: number }[];

  constructor(path: string) {
    this.#path = path;
    this.#source = readFileSync(path, 'utf8');
    const { program, comments } = parseSync(path, this.#source);
    this.body = program.body;
    this.#comments = comments;
  }

  read(name: string, exported: ReadonlySet<string>): Omit<Export, 'typeOnly'> {
    const { statement, declaration } = this.#find(name);
    const parents = this.#parents(declaration);
    const hidden = parents.filter((parent) => !exported.has(parent));
    return {
      ...this.#entry(statement, name, this.#typeOf(declaration)),
      kind: declaration.type === 'TSDeclareFunction' ? 'FunctionDeclaration' : declaration.type,
      parents: parents.filter((parent) => exported.has(parent)),
      members: [
        ...this.#ownMembers(declaration),
        ...hidden.flatMap((parent) => this.#fileOf(parent)?.read(parent, exported).members ?? []),
      ],
    };
  }

  /** Of several overloads the last signature, which asks for most. */
  #find(name: string): { statement: Statement; declaration: Declaration } {
    const isSignature = (statement: Statement) =>
      statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'TSDeclareFunction';
    const signatures = this.body.filter(isSignature).toReversed();
    for (const statement of [...signatures, ...this.body]) {
      if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
      const { declaration } = statement;
      const id =
        declaration.type === 'VariableDeclaration' ? declaration.declarations[0]?.id : declaration.id;
      if (id && 'name' in id && id.name === name) return { statement, declaration };
    }
    throw new Error(`${this.#path} does not export ${name}`);
  }

  #typeOf(declaration: Declaration): string {
    if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction')
      return this.#signature(declaration);
    if (declaration.type === 'TSTypeAliasDeclaration') return this.#text(declaration.typeAnnotation);
    if (declaration.type !== 'VariableDeclaration') return '';
    const value = declaration.declarations[0]?.init;
    if (value?.type === 'ArrowFunctionExpression') return this.#signature(value);
    return this.#text(declaration).replace(/^const \w+ = |;$/g, '');
  }

  #parents(declaration: Declaration): string[] {
    if (declaration.type === 'ClassDeclaration') {
      return declaration.superClass ? [this.#text(declaration.superClass)] : [];
    }
    if (declaration.type !== 'TSInterfaceDeclaration') return [];
    return declaration.extends.map(({ expression }) => this.#text(expression));
  }

  /** The file of this package that declares a name: the one that it is imported from, or this one. */
  #fileOf(name: string): SourceFile | undefined {
    const isOwn = this.body.some(
      (statement) =>
        statement.type === 'ExportNamedDeclaration' &&
        statement.declaration?.type === 'TSInterfaceDeclaration' &&
        statement.declaration.id.name === name,
    );
    return isOwn ? this : this.#imported(name);
  }

  /** The file of this package from which a name is imported. */
  #imported(name: string): SourceFile | undefined {
    for (const statement of this.body) {
      if (statement.type !== 'ImportDeclaration' || !statement.source.value.startsWith('.')) continue;
      if (!statement.specifiers.some(({ local }) => local.name === name)) continue;
      return new SourceFile(join(dirname(this.#path), statement.source.value));
    }
    return undefined;
  }

  #ownMembers(declaration: Declaration): Entry[] {
    if (declaration.type !== 'ClassDeclaration' && declaration.type !== 'TSInterfaceDeclaration') return [];
    return declaration.body.body.flatMap((member) => this.#member(member) ?? []);
  }

  #member(member: Node): Entry | undefined {
    if (!('key' in member) || member.key.type !== 'Identifier') return undefined;
    if ('override' in member && member.override) return undefined;
    const { name } = member.key;
    // Apps do not construct the parts of an installation themselves.
    if (name === 'constructor' && this.#docComment(member) === undefined) return undefined;
    if (member.type === 'MethodDefinition') return this.#entry(member, name, this.#signature(member.value));
    if (member.type !== 'PropertyDefinition' && member.type !== 'TSPropertySignature') return undefined;
    const type = member.typeAnnotation ? this.#text(member.typeAnnotation.typeAnnotation) : '';
    return { ...this.#entry(member, name, type), optional: member.optional ?? false };
  }

  #docComment(node: Node): string | undefined {
    const comment = this.#comments.findLast(
      ({ end }) => end <= node.start && this.#source.slice(end, node.start).trim() === '',
    );
    return comment?.value.startsWith('*') ? comment.value : undefined;
  }

  #entry(node: Node, name: string, type: string): Entry {
    const comment = this.#docComment(node);
    if (comment === undefined) throw new UndocumentedError(`${this.#path}: ${name} has no doc comment`);
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\*+ ?/, ''));
    const [text = '', ...tags] = lines.join('\n').split(/^\s*@/m);
    const pairs = tags.map(wordAndRest);
    const params = pairs.filter(([tag]) => tag === 'param').map(([, rest = '']) => wordAndRest(rest));
    return {
      name,
      type,
      optional: false,
      text: flat(text),
      tags: Object.fromEntries(pairs),
      params: Object.fromEntries(params),
    };
  }

  #signature({ params, returnType }: { params: Node[]; returnType?: Node | null }): string {
    const result = returnType ? this.#text(returnType) : '';
    return `(${params.map((param) => this.#text(param)).join(', ')})${result}`;
  }

  #text({ start, end }: Node): string {
    const code = this.#source.slice(start, end);
    return flat(code.replace(/\/\*\*.*?\*\//gs, ''))
      .replace(/^\| /, '')
      .replace(/<\s/g, '<')
      .replace(/\s>/g, '>');
  }
}

const wordAndRest = (text: string): string[] => /^(\w+)\s*(.*)$/s.exec(text)?.slice(1).map(flat) ?? [];

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();
