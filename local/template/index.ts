import type { AssembledStack } from './assembly.ts';
import type { DataModel, StackModel } from './model.ts';
import { readFunctions } from './read-functions.ts';
import { readEventSources, readRoutes, readSchedules } from './read-triggers.ts';
import type { StackReader } from './stack-reader.ts';

/**
 * The whole stack, once its data parts exist.
 * @param data as read by {@link readData} with the same reader, after any overrides
 */
export function readStack(reader: StackReader, stack: AssembledStack, data: DataModel): StackModel {
  return {
    name: stack.place.stackName,
    templateFile: stack.templateFile,
    account: stack.place.account,
    region: stack.place.region,
    data,
    functions: readFunctions(reader, stack.assetDirectory),
    routes: readRoutes(reader),
    eventSources: readEventSources(reader),
    schedules: readSchedules(reader),
    outputs: reader.outputs(),
  };
}
