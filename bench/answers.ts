import { ProbeError } from './probe.ts';

/**
 * A handler that refuses is fast.
 * @throws ProbeError unless every answer is a 200, or a batch of which nothing has failed
 */
export function checkAnswers(answers: readonly unknown[]): void {
  const wrong = answers.find((answer) => !isGood(answer));
  if (wrong !== undefined) throw new ProbeError(`a handler answered ${JSON.stringify(wrong)}`);
}

const isGood = (answer: unknown): boolean => {
  if (typeof answer !== 'object' || answer === null) return answer === undefined;
  if ('statusCode' in answer) return answer.statusCode === 200;
  return 'batchItemFailures' in answer && [answer.batchItemFailures].flat().length === 0;
};
