import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Workshop } from '../../../ops/rules/bundles.ts';

const RULES = join(import.meta.dirname, '../../../lambda/rules/index.ts');

/** A rules file with these rules. */
export const rulesFile = (rules: string, declaration = ''): string => `
import { deliver, ExactNumber, followUps, notify, outputAttachments, publish, retryRun, secret, startChain, startRun } from ${JSON.stringify(RULES)};
export default followUps(${declaration}${declaration && ', '}${rules});
`;

/** The same as a compiler makes it CommonJS. */
export const commonJsRulesFile = (rules: string, declaration = ''): string => `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const { deliver, ExactNumber, followUps, notify, publish, secret, startRun } = require("cyberdesk-webhooks/rules");
exports.default = followUps(${declaration}${declaration && ', '}${rules});
`;

/** The bundle of a rules file, as a stage would run it, until the end of the test. */
export async function bundleOf(file: string): Promise<string> {
  const workshop = new Workshop();
  onTestFinished(() => workshop.remove());
  return workshop.bundle('the rules', file);
}

/** The environment of a processor, as far as rules see it. */
export const processorVariables = (workflowIds: Record<string, string> = {}) => ({
  STAGE: 'dev',
  MAX_FOLLOW_UP_DEPTH: '5',
  ...workflowIds,
});
