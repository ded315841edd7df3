/**
 * Where values go through `JSON.parse`, `.json()` or `structuredClone`, which round the numbers of a payload or lose
 * them, and why no payload is parsed there and written again. `parseExact` and `copyJson` of `lambda/json` keep them.
 */
export const PLAIN: Readonly<Record<string, { times: number; why: string }>> = {
  'bin/with-node.mjs': { times: 1, why: 'reads package.json' },
  'lambda/core/act/announce.ts': { times: 1, why: 'subject and attributes are texts' },
  'lambda/core/plan/reference-places.ts': { times: 1, why: 'looks for nulls, and writes nothing' },
  'lambda/core/plan/serialize.ts': { times: 1, why: 'measures the depth of a body, and writes nothing' },
  'lambda/core/process/read-message.ts': { times: 1, why: 'our own messages' },
  'lambda/core/receive/read-webhook.ts': {
    times: 1,
    why: 'the verifier reads ids and times, and writes the bytes',
  },
  'lambda/cyberdesk/client.ts': { times: 1, why: 'counts the steps of a chain, whose text is sent as it is' },
  'lambda/cyberdesk/refused-field.ts': { times: 1, why: 'names of fields' },
  'lambda/json/parse.ts': { times: 3, why: 'reads numbers itself' },
  'lambda/processor/rehearsal.ts': {
    times: 2,
    why: 'a question whose payload is text there, names of a stage',
  },
  'lib/functions/load-bundle.ts': { times: 1, why: 'an error of loading a bundle, which has no payload' },
  'lib/paths.ts': { times: 1, why: 'package.json' },
  'local/command/once.ts': { times: 1, why: 'states of an event, without payload' },
  'local/emulators/caller.ts': { times: 1, why: 'AWS: payload is bytes or text there' },
  'local/emulators/event-buses.ts': { times: 1, why: 'whether a text is an object; the text itself is kept' },
  'local/emulators/kept-messages.ts': { times: 1, why: 'ids of messages' },
  'local/emulators/messages.ts': { times: 1, why: 'AWS: payload is text there' },
  'local/emulators/returned-item.ts': { times: 2, why: 'DynamoDB, as above' },
  'local/event-source/batch.ts': { times: 1, why: 'which messages of a batch failed' },
  'local/http/gateway-response.ts': { times: 1, why: 'the answer of the verifier, without payload' },
  'local/sandbox/bootstrap.mjs': { times: 1, why: 'events of Lambda: payload is text there' },
  'local/sandbox/logs.ts': { times: 1, why: 'metrics' },
  'local/sandbox/outcome.ts': { times: 1, why: 'name of an error' },
  'local/template/assembly.ts': { times: 1, why: 'the template' },
  'local/template/synth.ts': { times: 1, why: 'cdk.json' },
  'ops/console/api/api.ts': { times: 1, why: 'requests of the page: payload is text there' },
  'ops/console/page/api.js': { times: 5, why: 'answers without payload, which is fetched as text' },
  'ops/console/page/exact-json.js': { times: 1, why: 'reads the source of each number' },
  'ops/reconcile/bookmark.ts': { times: 1, why: 'ids, times and counts' },
  'ops/rules/asker.ts': { times: 2, why: 'answers of rules, whose bodies are text there, names in rules' },
  'ops/rules/bodies.ts': { times: 1, why: 'inputs that are compared with a schema, and not written' },
  'ops/secrets/sensitive.ts': { times: 1, why: 'the template' },
  'ops/stage/deployed.ts': { times: 1, why: 'the template' },
  'ops/logs/source-frames.ts': { times: 1, why: 'a source map' },
  'ops/cli/version.ts': { times: 1, why: 'reads package.json' },
  'ops/events/mask.ts': { times: 2, why: 'single strings, whose values are replaced' },
  'ops/mcp/call.ts': { times: 1, why: 'documents of verbs: payload is text there' },
  'ops/logs/read-line.ts': { times: 1, why: 'log lines, which have no payload' },
  'ops/logs/read-logs.ts': { times: 1, why: 'log lines, which have no payload' },
  'ops/stage/metrics.ts': { times: 1, why: 'metrics' },
  'ops/stage/local-json.ts': { times: 1, why: 'names and addresses' },
  'ops/types/generate.ts': { times: 1, why: 'names of workflows' },
  'ops/types/read-workflows.ts': { times: 1, why: 'schemas' },
};

const LOSSY = /\bJSON\.parse\b|\.json\(\)|\bstructuredClone\(/g;

/** How often a text parses or copies with a loss, comments aside. */
export const countLossy = (text: string): number =>
  text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').match(LOSSY)?.length ?? 0;
