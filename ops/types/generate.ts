import type { JSONSchema } from 'json-schema-to-typescript';
import { requireLibrary } from './library.ts';
import type { Schema } from './parts.ts';
import { prepare } from './prepare.ts';
import type { Workflow } from './read-workflows.ts';

type Typed = Pick<Workflow, 'name' | 'input' | 'output'>;

/** A line before the types of each workflow; it ends with the workflow's name. */
const MARK = '// Workflow ';

/**
 * The text of `cyberdesk.generated.ts`. It depends on names and schemas only, so it is the same on every machine.
 *
 * @param from What rules are imported from, `./lambda/rules/index.ts` or the package's `cyberdesk-webhooks/rules`.
 * @throws MissingLibraryError
 */
export async function generate(workflows: readonly Typed[], from: string): Promise<string> {
  const names = namesOf(workflows);
  const blocks: string[] = [];
  for (const workflow of workflows) blocks.push(await blockOf(workflow, names.get(workflow.name) ?? ''));
  const entries = workflows.map(({ name }) => {
    const type = names.get(name);
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `  ${key}: { input: ${type}Input; output: ${type}Output };\n`;
  });
  const body = blocks.join('\n');
  const imports = ['ExactNumber', 'Json', 'JsonObject'].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(body),
  );
  return `${HEADER}
import { ${[...imports.map((name) => `type ${name}`), 'schemasOf'].join(', ')} } from '${from}';

${body}
/** The types of each workflow that the stage settings name, for \`followUps({ workflows, schemas }, …)\`. */
export const schemas = schemasOf<{
${entries.join('')}}>();
`;
}

const HEADER = `// biome-ignore-all lint: generated
// biome-ignore-all format: generated
/* eslint-disable */
// Made by "npx --no cyberdesk-webhooks types" from the schemas of the workflows. Do not edit; commit it.`;

/** A name for the types of each workflow, `intake-form` → `IntakeForm`; of those that would be equal, with a number. */
function namesOf(workflows: readonly Typed[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of workflows) {
    const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
    const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    const base = /^[A-Za-z]/.test(joined) ? joined : `Workflow${joined}`;
    const taken = new Set(names.values());
    let free = base;
    for (let next = 2; taken.has(free); next += 1) free = `${base}${next}`;
    names.set(name, free);
  }
  return names;
}

async function blockOf({ name, input, output }: Typed, type: string): Promise<string> {
  const parts = [await typeOf(input, `${type}Input`), await typeOf(output, `${type}Output`)];
  return `${MARK}${JSON.stringify(name)}\n${parts.join('')}`;
}

/** The type of a schema; any object without one. */
async function typeOf(schema: Schema | undefined, name: string): Promise<string> {
  if (schema === undefined) return `export type ${name} = JsonObject;\n`;
  const { compile } = await requireLibrary('json-schema-to-typescript');
  // Two workflows may define a part of the same name.
  const text = await compile(withOwnNames(prepare(schema), name) as JSONSchema, name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: true,
    // What a reference names elsewhere is never read; `problemOf` has refused it before.
    $refOptions: { resolve: { external: false, file: false, http: false } },
    style: { singleQuote: true, printWidth: 110 },
  });
  // An interface may get more fields elsewhere, so it would not fit \`JsonObject\`.
  return text.replaceAll(/^export interface (\w+) \{\n([\s\S]*?)^\}$/gm, 'export type $1 = {\n$2};');
}

function withOwnNames(schema: Schema, prefix: string): Schema {
  const { definitions } = schema;
  if (typeof definitions !== 'object' || definitions === null) return schema;
  const named = Object.entries(definitions).map(([name, part]) => [
    name,
    { ...part, title: `${prefix}${name}` },
  ]);
  return { ...schema, definitions: Object.fromEntries(named) };
}

/** The types of each workflow in a generated file, by its name, and all that stands around them under ''. */
export function blocksOf(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  const parts = text.replaceAll('\r', '').split(new RegExp(`^(?=${MARK}")`, 'm'));
  for (const part of parts.slice(1)) {
    const [line = ''] = part.split('\n', 1);
    // What follows the last one is not of it.
    const [types = ''] = part.split(/^\/\*\* The types of each workflow/m, 1);
    blocks.set(String(JSON.parse(line.slice(MARK.length))), types.trim());
  }
  return blocks;
}
