import { type Api, type Fields, mapValues, type Operation } from './api.ts';

/** Models of the vendor that are one model in our description, or have another name there. */
const OUR_NAMES: Readonly<Record<string, string>> = {
  WorkflowModelMetadata: 'ModelMetadata',
  // The webhook's run has a model of its own, with the fields of every other run.
  RunCompletedWebhookRunPayload: 'RunResponse',
  WorkflowResponseWithIncludes: 'WorkflowResponse',
  PaginatedResponseWithIncludesRunResponse: 'RunPage',
  PaginatedResponseWithIncludesWorkflowResponse: 'WorkflowPage',
  PaginatedResponseRunAttachmentResponse: 'RunAttachmentPage',
};

/** The vendor's API, in which several models may have one name. */
export interface VendorApi extends Omit<Api, 'models'> {
  readonly models: Readonly<Record<string, readonly VendorModel[]>>;
}
interface VendorModel {
  /** The vendor's name. */
  readonly name: string;
  readonly fields: Fields;
}

/** The vendor's API with the names that our description gives to the same things. */
export function inOurWords(vendor: Api): VendorApi {
  const rename = (type: string): string =>
    type.startsWith('list of ') ? `list of ${renameOne(type.slice('list of '.length))}` : renameOne(type);
  // A model without fields is an object of any shape.
  const renameOne = (name: string): string =>
    vendor.models[name] && Object.keys(vendor.models[name]).length === 0
      ? 'object'
      : (OUR_NAMES[name] ?? name);
  const inFields = (fields: Fields): Fields =>
    mapValues(fields, ({ types, optional }) => ({ types: types.map(rename).sort(), optional }));

  const models = Object.entries(vendor.models).map(([name, fields]) => ({
    name,
    fields: inFields(fields),
  }));
  const inOperation = ({ query, headers, body, responses }: Operation): Operation => ({
    // An absent parameter and one that is null are the same request.
    query: mapValues(inFields(query), ({ types, optional }) => ({
      types: types.filter((type) => type !== 'null'),
      optional,
    })),
    headers,
    body: body.map(rename),
    responses: mapValues(responses, (model) => (model === null ? null : rename(model))),
  });
  return {
    version: vendor.version,
    enumerations: vendor.enumerations,
    models: Object.fromEntries(
      Object.entries(Object.groupBy(models, ({ name }) => renameOne(name))).map(([name, group]) => [
        name,
        group ?? [],
      ]),
    ),
    operations: mapValues(vendor.operations, inOperation),
  };
}
