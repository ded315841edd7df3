import type { Comment, Expression, Node } from 'oxc-parser';

/** What an import names, as it is written: `../model/index.ts`, `#follow-ups`, `node:fs`. */
export interface Found {
  readonly name: string;
  /** Offset in the text. */
  readonly start: number;
}

/** `import('./a.js')` in a doc comment: the types of JavaScript. */
const IMPORT_IN_COMMENT = /\bimport\(\s*(['"])([^'"]+)\1\s*\)/g;

/** What a file imports, in each form that imports can have. */
export const findSpecifiers = (nodes: readonly Node[], comments: readonly Comment[]): Found[] => [
  ...nodes.flatMap((node) => {
    const name = specifierOf(node);
    return name === undefined ? [] : [{ name, start: node.start }];
  }),
  ...comments.filter(isDocComment).flatMap(({ value, start }) =>
    [...value.matchAll(IMPORT_IN_COMMENT)].map(({ 2: name = '', index }) => ({
      name,
      start: start + '/*'.length + index,
    })),
  ),
];

const isDocComment = ({ type, value }: Comment): boolean => type === 'Block' && value.startsWith('*');

/** Type imports count: a type that needs a later room is an arrow up as well. */
function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'TSImportType':
      return node.source.value;
    case 'ExportNamedDeclaration':
      return node.source?.value;
    case 'ImportExpression':
      return textOf(node.source);
    case 'TSExternalModuleReference':
      return node.expression.value;
    case 'CallExpression':
      return isNamed(node.callee, 'require') ? textOf(node.arguments[0]) : undefined;
    case 'NewExpression':
      return codeUrlOf(node.callee, node.arguments);
    default:
      return undefined;
  }
}

/** `new URL('./a.ts', import.meta.url)`: a file that is started or read, which is a dependency if it is code. */
function codeUrlOf(callee: Expression, [path, base]: readonly Node[]): string | undefined {
  const text = textOf(path);
  if (!isNamed(callee, 'URL') || !isModuleUrl(base) || text === undefined) return undefined;
  if (!/\.[mc]?[jt]s$/.test(text)) return undefined;
  return text.startsWith('.') ? text : `./${text}`;
}

const isModuleUrl = (node: Node | undefined): boolean =>
  node?.type === 'MemberExpression' && node.object.type === 'MetaProperty' && isNamed(node.property, 'url');

const isNamed = (node: Node, name: string): boolean => node.type === 'Identifier' && node.name === name;

/** A string, or a template literal without expressions. */
function textOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}
