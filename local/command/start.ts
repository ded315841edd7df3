import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';

// Before anything else is loaded: it only applies to later imports.
enableCompileCache();
// And this, because a shell that ends meanwhile is no longer the parent.
const parent = process.ppid;

const { OperatorError } = await import('../../ops/errors.ts');

const HELP = `Usage: npm start -- [options]

  --fresh  begin without what the last run has kept
  --once   send one signed event, print each step to the follow-up run, and exit; keeps nothing
  --logs   also print the functions' logs
  --help   print this help

Environment: PORT, STAGE, WEBHOOK_SECRET, CYBERDESK_API_URL, CYBERDESK_API_KEY, NEXT_WORKFLOW_ID and others;
see local/README.md.
`;

try {
  const {
    once = false,
    logs = false,
    fresh = false,
    help = false,
  } = parseArgs({
    options: {
      once: { type: 'boolean' },
      logs: { type: 'boolean' },
      fresh: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
  if (help) process.stdout.write(HELP);
  else {
    // Before the rest is loaded, which takes a while.
    console.log(`Starting the stage ${process.env.STAGE ?? 'dev'}`);
    const { useNetworkOf } = await import('../../ops/stage/network.ts');
    useNetworkOf(process.env);
    const { serve } = await import('./serve.ts');
    process.exitCode = await serve({ once, logs, fresh, parent }, process.env);
  }
} catch (error) {
  const isExpected =
    error instanceof OperatorError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
