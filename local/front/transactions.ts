import type { AwsRequest } from '../emulators/messages.ts';

/** The operation that each part of a transaction stands for. IAM knows only these, not transactions. */
const OPERATIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

type Part = Readonly<Record<string, unknown>>;

/** The single calls that a DynamoDB transaction stands for; empty for any other call. */
export function partsOfTransaction(request: AwsRequest): AwsRequest[] {
  const { TransactItems } = request.parameters() as {
    TransactItems?: readonly Readonly<Record<string, Part>>[];
  };
  if (request.service !== 'dynamodb' || !Array.isArray(TransactItems)) return [];
  return TransactItems.flatMap((item) =>
    Object.entries(item).map(([kind, part]) => ({
      ...request,
      operation: OPERATIONS[kind] ?? kind,
      parameters: () => part as Part,
    })),
  );
}
