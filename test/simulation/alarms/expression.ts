/** A value of a metric or an expression in one period; undefined without data. */
type Value = number | undefined;

export interface Scope {
  /** The value of a metric or another expression, by its id. */
  read(id: string): Value;
  /** Whether FILL gives a value to what has none in this period. */
  fills(id: string): boolean;
}

type Expression = (scope: Scope) => Value;

const TOKEN = /\s*(>=|<=|==|[-+*/()[\],<>]|\d+(?:\.\d+)?|[A-Za-z_]\w*)/y;

const BINARY: readonly Record<string, (a: number, b: number) => number>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0) },
  {
    '>=': (a, b) => Number(a >= b),
    '<=': (a, b) => Number(a <= b),
    '==': (a, b) => Number(a === b),
    '>': (a, b) => Number(a > b),
    '<': (a, b) => Number(a < b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
];

/**
 * Parses what our alarms use of CloudWatch's metric math and of the rules of its composite alarms. An operator has no result
 * if one side has none or the result is not a number; SUM leaves out what has none.
 */
export function parse(text: string): Expression {
  const tokens = tokensOf(text);
  const next = (): string => tokens.shift() ?? '';
  const take = (token: string) => {
    const found = next();
    if (found !== token) throw new SyntaxError(`"${found}" instead of "${token}" in ${text}`);
  };

  function binary(level: number): Expression {
    const operators = BINARY[level];
    if (!operators) return operand();
    let left = binary(level + 1);
    for (let apply = operators[tokens[0] ?? '']; apply; apply = operators[tokens[0] ?? '']) {
      next();
      left = combined(apply, left, binary(level + 1));
    }
    return left;
  }

  function operand(): Expression {
    const token = next();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^\w/.test(token)) throw new SyntaxError(`"${token}" in ${text}`);
    return tokens[0] === '(' ? call(token) : (scope) => scope.read(token);
  }

  function call(name: string): Expression {
    take('(');
    if (name === 'FILL') {
      const id = next();
      take(',');
      const value = Number(next());
      take(')');
      return (scope) => scope.read(id) ?? (scope.fills(id) ? value : undefined);
    }
    const isList = name === 'SUM';
    if (isList) take('[');
    const values = [binary(0)];
    for (; tokens[0] === ','; values.push(binary(0))) next();
    if (isList) take(']');
    take(')');
    if (isList) return (scope) => sumOf(values.map((value) => value(scope)));
    const [condition, yes, no] = values;
    if (name !== 'IF' || !condition || !yes || !no) throw new SyntaxError(`the function ${name} in ${text}`);
    return (scope) => {
      const holds = condition(scope);
      return holds === undefined ? undefined : (holds === 0 ? no : yes)(scope);
    };
  }

  const expression = binary(0);
  if (tokens.length > 0) throw new SyntaxError(`"${tokens[0]}" in ${text}`);
  return expression;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text)?.[1];
    if (found === undefined) throw new SyntaxError(`not understood: ${text}`);
    tokens.push(found);
  }
  return tokens;
}

const combined =
  (apply: (a: number, b: number) => number, left: Expression, right: Expression): Expression =>
  (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (a === undefined || b === undefined) return undefined;
    const result = apply(a, b);
    return Number.isFinite(result) ? result : undefined;
  };

function sumOf(values: readonly Value[]): Value {
  const found = values.filter((value) => value !== undefined);
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0);
}
