import { describe, expect, it } from 'vitest';
import type { Api } from './api.ts';
import { compare } from './compare.ts';
import { inOurWords } from './in-our-words.ts';
import { readOurApi } from './our-api.ts';
import { judge } from './report.ts';

/** A description with one call that sends a model and receives one, and an event. */
const OURS = readOurApi(`
info: { version: 1.0.0 }
paths:
  /v1/runs:
    post:
      parameters:
        - { $ref: "#/components/parameters/Key" }
        - { name: limit, in: query, schema: { type: integer } }
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/RunCreate" } } } }
      responses: { "201": { content: { application/json: { schema: { $ref: "#/components/schemas/RunResponse" } } } } }
webhooks: {}
components:
  parameters: { Key: { name: Idempotency-Key, in: header, schema: { type: string } } }
  schemas:
    Values: { type: object, additionalProperties: true }
    RunStatus: { type: string, enum: [success, error] }
    RunCreate:
      required: [workflow_id]
      properties:
        workflow_id: { type: string, format: uuid }
        input_values: { anyOf: [{ $ref: "#/components/schemas/Values" }, { type: "null" }] }
    RunResponse:
      required: [id, status]
      properties:
        id: { type: string, format: uuid }
        status: { $ref: "#/components/schemas/RunStatus" }
        error: { type: [array, "null"], items: { type: string } }
`);

const uuid = { types: ['uuid'], optional: false };

/** The same API as the vendor's package says it. */
const THEIRS: Api = {
  version: '1.0.0',
  enumerations: { RunStatus: ['error', 'success'] },
  models: {
    RunCreateInputValuesType0: {},
    RunCreate: {
      workflow_id: uuid,
      input_values: { types: ['RunCreateInputValuesType0', 'null'], optional: true },
    },
    RunResponse: {
      id: uuid,
      status: { types: ['RunStatus'], optional: false },
      error: { types: ['list of string', 'null'], optional: true },
    },
  },
  operations: {
    'POST /v1/runs': {
      query: { limit: { types: ['integer', 'null'], optional: true } },
      headers: ['Idempotency-Key'],
      body: ['RunCreate'],
      responses: { '201': 'RunResponse', '422': 'HTTPValidationError' },
    },
  },
};

type Changes = { [Part in keyof Api]?: Partial<Api[Part]> };
const differences = (changes: Changes = {}) =>
  compare(
    OURS,
    inOurWords({
      version: '1.0.1',
      enumerations: { ...THEIRS.enumerations, ...changes.enumerations },
      models: { ...THEIRS.models, ...changes.models },
      operations: { ...THEIRS.operations, ...changes.operations },
    } as Api),
  ).map(({ kind, where }) => `${kind} ${where}`);

const { RunCreate = {}, RunResponse = {} } = THEIRS.models;
const start = THEIRS.operations['POST /v1/runs'];

describe('the comparison with the vendor’s package', () => {
  it('the same API in both descriptions has no differences', () => {
    expect(differences()).toEqual([]);
  });

  it.each<[string, Changes, string]>([
    ['a status is gone', { enumerations: { RunStatus: ['success'] } }, 'gone RunStatus.error'],
    [
      'a status may be received that is not known',
      { enumerations: { RunStatus: ['error', 'paused', 'success'] } },
      'changed RunStatus.paused',
    ],
    [
      'a field of a response is gone',
      { models: { RunResponse: { id: uuid, status: { types: ['RunStatus'], optional: false } } } },
      'gone RunResponse.error',
    ],
    [
      'a field of a response may be absent',
      { models: { RunResponse: { ...RunResponse, id: { ...uuid, optional: true } } } },
      'changed RunResponse.id',
    ],
    [
      'a field has another type',
      { models: { RunCreate: { ...RunCreate, workflow_id: { types: ['integer'], optional: false } } } },
      'changed RunCreate.workflow_id',
    ],
    [
      'a request must contain more',
      { models: { RunCreate: { ...RunCreate, tenant: uuid } } },
      'changed RunCreate.tenant',
    ],
    [
      'an operation takes no idempotency key',
      { operations: { 'POST /v1/runs': { ...start, headers: [] } as never } },
      'gone POST /v1/runs Idempotency-Key',
    ],
    [
      'an operation has lost a parameter',
      { operations: { 'POST /v1/runs': { ...start, query: {} } as never } },
      'gone POST /v1/runs ?limit',
    ],
    [
      'an operation answers with another model',
      { operations: { 'POST /v1/runs': { ...start, responses: { '201': 'RunCreate' } } as never } },
      'changed POST /v1/runs 201',
    ],
  ])('%s: this breaks what we use', (_, changes, found) => {
    expect(differences(changes)).toEqual([found]);
  });

  it('what is new and optional is listed, and breaks nothing', () => {
    const changes = {
      models: {
        RunCreate: { ...RunCreate, note: { types: ['string'], optional: true } },
        PoolEmptyEvent: { pool_id: uuid },
      },
      operations: { 'GET /v1/pools': { query: {}, headers: [], body: [], responses: {} } },
    };

    expect(differences(changes)).toEqual(['new GET /v1/pools', 'new PoolEmptyEvent', 'new RunCreate.note']);
  });
});

describe('the judgement of differences', () => {
  const review = { version: '1.0.0', date: '2026-01-01', known: ['GET /v1/pools'] };

  it('a difference is breaking unless it was accepted, and new unless it was reviewed', () => {
    const { findings } = judge(
      [
        { kind: 'gone', where: 'ChainStep.file_inputs', what: 'a field' },
        { kind: 'gone', where: 'ChainStep.inputs', what: 'a field' },
        { kind: 'new', where: 'GET /v1/pools', what: 'an operation' },
        { kind: 'new', where: 'GET /v1/tags', what: 'an operation' },
      ],
      review,
    );

    expect(findings.map(({ state }) => state)).toEqual(['accepted', 'breaking', 'known', 'new']);
  });

  it('an accepted difference that no longer exists is named', () => {
    expect(judge([], review).settled).toContain('ChainStep.file_inputs');
  });
});
