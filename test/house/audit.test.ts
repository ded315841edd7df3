import { describe, expect, it } from 'vitest';
import { readRepository, readText } from './repository.ts';
import { findUnaudited } from './unaudited.ts';

const files = readRepository()
  .map(({ path }) => path)
  .filter((path) => /^ops\/.*\.ts$/.test(path));

describe('what changes a stage', () => {
  it('everything in ops that changes a stage takes a stage whose change is on record', () => {
    expect(files.flatMap((path) => findUnaudited(path, readText(path)))).toEqual([]);
  });

  it.each([
    ['a function', 'const f = (stage: Stage) => stage.clients.sqs.send(new SendMessageCommand({}));'],
    [
      'a writer of the core',
      'const f = (stage: AuditedStage) => dynamoDbTable(stage.clients.dynamoDb, "t");',
    ],
    ['a trail that no one wrote', 'const stage = { trail: new Trail("me", async () => undefined) };'],
    ['a class', 'class A { readonly #stage: Stage; f() { return new DeleteMessageCommand({}); } }'],
  ])('a change that would be on no record is found in %s', (_, text) => {
    expect(findUnaudited('ops/new/file.ts', text)).toHaveLength(1);
  });

  it.each([
    ['a function', 'const f = (stage: AuditedStage) => stage.clients.sqs.send(new SendMessageCommand({}));'],
    ['a class', 'class A { readonly #stage: AuditedStage; f() { return new DeleteMessageCommand({}); } }'],
    ['a read', 'const f = (stage: Stage) => stage.clients.sqs.send(new GetQueueAttributesCommand({}));'],
  ])('a change on record, or none, is left alone in %s', (_, text) => {
    expect(findUnaudited('ops/new/file.ts', text)).toEqual([]);
  });
});
