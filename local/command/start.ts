import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';

// Before anything else is loaded, because it only applies to later imports.
enableCompileCache();

const { OperatorError } = await import('../../ops/errors.ts');

const HELP = `Usage: npm start -- [options]

  --once   send one signed event, print each step to the follow-up run, and exit
  --logs   also print the functions' logs
  --help   print this help

Environment: PORT, STAGE, WEBHOOK_SECRET, CYBERDESK_API_URL, CYBERDESK_API_KEY, NEXT_WORKFLOW_ID and others;
see local/README.md.
`;

try {
  const { values } = parseArgs({
    options: { once: { type: 'boolean' }, logs: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) process.stdout.write(HELP);
  else {
    const { serve } = await import('./serve.ts');
    process.exitCode = await serve({ once: values.once ?? false, logs: values.logs ?? false }, process.env);
  }
} catch (error) {
  const isExpected =
    error instanceof OperatorError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
