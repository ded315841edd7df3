import type { AssembledStack } from './assembly.ts';
import type { DataModel, StackModel } from './model.ts';
import { readFunctions } from './read-functions.ts';
import { readEventSources, readRoutes, readSchedules } from './read-triggers.ts';
import type { StackReader } from './stack-reader.ts';

/**
 * The whole stack, once its tables, queues, topics and secrets exist.
 * @param data from {@link readData} with the same reader, after any overrides
 */
export function readStack(reader: StackReader, stack: AssembledStack, data: DataModel): StackModel {
  const { stackName: name, account, region } = stack.place;
  return {
    name,
    templateFile: stack.templateFile,
    account,
    region,
    data,
    functions: readFunctions(reader, stack.assetDirectory),
    routes: readRoutes(reader),
    eventSources: readEventSources(reader),
    schedules: readSchedules(reader),
    outputs: reader.outputs(),
  };
}
