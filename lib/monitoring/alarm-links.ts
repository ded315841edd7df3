import type { Installation } from '../installation.ts';
import { functionLink, logsLink } from './console-links.ts';

/** Pages of the console for alarms about the same part, by what they are about. */
export function linksOf({ verifier, processor, sweeper }: Installation) {
  return {
    verifier: { Log: logsLink(verifier.logGroup.logGroupName) },
    processor: { Log: logsLink(processor.logGroup.logGroupName) },
    functions: {
      Verifier: functionLink(verifier.function),
      Processor: functionLink(processor.function),
      Sweeper: functionLink(sweeper.function),
    },
  };
}
