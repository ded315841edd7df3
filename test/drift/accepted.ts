import type { Difference } from './compare.ts';

/** A difference that we know and live with. */
interface Accepted extends Pick<Difference, 'kind' | 'where'> {
  readonly why: string;
}

/** Each has its reason; docs/decisions/0002 has the longer story. */
export const ACCEPTED: readonly Accepted[] = [
  {
    kind: 'gone',
    where: 'ChainStep.file_inputs',
    why: "in the vendor's text, but not in its model; the shipped rules do not use it",
  },
  {
    kind: 'changed',
    where: 'RunResponseWithIncludes.machine_id',
    why: 'nothing reads the machine of a single run',
  },
];
