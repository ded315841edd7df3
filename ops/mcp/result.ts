import type { CallToolResult } from '@modelcontextprotocol/server';

/** Longest answer, in characters: an agent cannot use more, and pays for it. */
const LONGEST = 200_000;

export const failed = (text: string): CallToolResult => ({
  content: [{ type: 'text', text }],
  isError: true,
});

/** The document of a verb as the answer of its tool. */
export function answered(document: unknown, warnings: string): CallToolResult {
  const text = JSON.stringify(document);
  if (text.length > LONGEST)
    return failed(
      `the answer has ${text.length} characters, more than ${LONGEST}: ask for less, with limit, since or a filter`,
    );
  return {
    content: [text, warnings].filter(Boolean).map((each) => ({ type: 'text', text: each })),
    structuredContent: document as Record<string, unknown>,
  };
}
