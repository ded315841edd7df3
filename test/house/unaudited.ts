import { type Node, parseSync, visitorKeys } from 'oxc-parser';

/** Commands of the AWS SDK that change nothing which lasts. */
const READS =
  /^(Get|BatchGet|Describe|List|Query|Filter|Receive)|^ChangeMessageVisibilityBatch$|^StartQuery$/;

/** Files that change what has no record of its own, each with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  'ops/destroy/destroy.ts': 'the record goes with the stage',
  'ops/destroy/retained.ts': 'the record goes with the stage',
  'ops/restore/revive.ts': 'the table that it brings back holds the record; what follows is on it',
};

/** Ways to write that only the seam and the stage's own table may use. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  dynamoDbTable: ['ops/stage/table.ts', 'ops/audit/audited.ts'],
  sqsQueue: ['ops/stage/table.ts'],
  sqsDeadLetterQueue: [],
  Trail: ['ops/audit/audited.ts'],
};

/**
 * Places in a file of `ops` that change a stage, outside any function or class that takes an `AuditedStage`: what they do
 * would be on no record.
 */
export function findUnaudited(path: string, text: string): string[] {
  if (path in EXEMPT) return [];
  const { program } = parseSync(path, text);
  const found: string[] = [];
  const visit = (node: Node, isAudited: boolean): void => {
    const inside = isAudited || takesAuditedStage(node, text);
    const callee = calleeOf(node);
    if (callee !== undefined && isFault(callee, path, inside))
      found.push(`${path}:${text.slice(0, node.start).split('\n').length} ${callee}`);
    for (const child of childrenOf(node)) visit(child, inside);
  };
  visit(program, false);
  return found;
}

function isFault(callee: string, path: string, isAudited: boolean): boolean {
  const places = WRITERS[callee];
  if (places !== undefined) return !places.includes(path);
  const [, command] = /^(\w+)Command$/.exec(callee) ?? [];
  return command !== undefined && !READS.test(command) && !isAudited;
}

/** Of `new X()` or `x()`. */
function calleeOf(node: Node): string | undefined {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined;
  return node.callee.type === 'Identifier' ? node.callee.name : undefined;
}

function takesAuditedStage(node: Node, text: string): boolean {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return text.slice(node.start, node.body?.start).includes('AuditedStage');
    case 'ClassDeclaration':
      return node.body.body.some(
        (member) =>
          member.type === 'PropertyDefinition' &&
          text.slice(member.start, member.end).includes('AuditedStage'),
      );
    default:
      return false;
  }
}

function childrenOf(node: Node): Node[] {
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  return (visitorKeys[node.type] ?? []).flatMap((key) => [fields[key]].flat()).filter(isNode);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;
