import { OperatorError } from '../../ops/errors.ts';

/** A deployment that would fail, or lose something: nothing has been deployed. */
export class NotDeployableError extends OperatorError {
  override name = 'NotDeployable';
}
