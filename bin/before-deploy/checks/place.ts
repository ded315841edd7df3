import { type Finding, warning } from '../../../ops/doctor/check.ts';
import { deployRole, type Place } from '../place.ts';

/** Whether the caller may deploy there. */
export async function checkPlace(place: Place): Promise<Finding[]> {
  if (place.hasRole) return [];
  const role = deployRole(place);
  const text = `${role} cannot be assumed, so cdk deploys with your own credentials`;
  return [warning('permissions', text, `allow sts:AssumeRole on it, unless your own credentials may deploy`)];
}
