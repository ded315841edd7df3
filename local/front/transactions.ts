import type { AwsRequest } from '../emulators/messages.ts';

/** What each part of a transaction is called on its own. IAM knows no transactions, only these. */
const OPERATIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

type Part = Readonly<Record<string, unknown>>;

/** The single calls that a transaction of DynamoDB stands for; none for any other call. */
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
