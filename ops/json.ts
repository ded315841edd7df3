import { isJsonObject, parseExact } from '../lambda/json/parse.ts';

export type JsonObject = Record<string, unknown>;

export const isObject = isJsonObject;

/** The object that a JSON text holds; undefined for anything else. The parser's message would quote the text. */
export function parseObject(text: string | Buffer): JsonObject | undefined {
  try {
    const value = parseExact(text.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
