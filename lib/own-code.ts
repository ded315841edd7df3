import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './paths.ts';

/** Code of the customer's failed. The message is one line: file and line, as far as they are known, and what went wrong. */
export class OwnCodeError extends Error {
  override name = 'OwnCodeError';
}

/**
 * Loads or calls code of the customer's.
 *
 * @param file The customer's file, for an error that has no place in their code.
 * @param during What is being done, for the message, such as `stage "prod"`.
 * @throws OwnCodeError where it throws
 */
export async function inOwnCode<T>(file: string, work: () => T | Promise<T>, during?: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new OwnCodeError(
      describeFailure(cause instanceof Error ? cause : new Error(String(cause)), file, during),
      {
        cause,
      },
    );
  }
}

/** What an error says of itself. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** `follow-ups.ts:12: TypeError: …`: the place in the customer's own code, as far as there is one. */
export function describeFailure(
  { name, message, stack = '' }: Failure,
  otherwise: string,
  during?: string,
): string {
  const place = ownPlace(stack) ?? otherwise;
  const [first = ''] = message.split('\n');
  return `${place}: ${during ? `${during}: ` : ''}${OF_THE_LANGUAGE.test(name) ? `${name}: ` : ''}${first}`;
}

/** Errors whose messages do not say what they are. */
const OF_THE_LANGUAGE = /^(Type|Range|Reference|Syntax)Error$/;

/** A frame of a stack trace; a syntax error has its place alone in the first line, without a column. */
const FRAME = /(?:^|\(|at |async )((?:file:\/\/|[A-Za-z]:\\|\/)[^()]*?):(\d+)(?::\d+)?\)?$/;

/** File and line of the first frame that is neither the product's nor a package's. */
function ownPlace(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const [, path = '', number] = FRAME.exec(line.trim()) ?? [];
    const file = path.startsWith('file:') ? fileURLToPath(path.replace(/\?.*$/, '')) : path;
    if (file !== '' && !isProducts(file)) return `${relative(process.cwd(), file)}:${number}`;
  }
  return undefined;
}

/** Code of the product, of a package or of the loader, or a bundle without its source map. */
const isProducts = (file: string): boolean =>
  PRODUCT.test(relative(packageRoot, file)) || /[\\/]node_modules[\\/]|index\.mjs$|\[eval\d*\]$/.test(file);

const PRODUCT = /^(bin|dist|lambda|lib|local|ops)[\\/]/;
