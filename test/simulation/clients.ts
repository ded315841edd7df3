import { type Functions, overPorts } from './functions.ts';
import type { WorldParts } from './world-parts.ts';

export function overClients(world: WorldParts): Functions {
  return overPorts(world);
}
