import { BOUNDS_PLANTS } from './bounds.ts';
import { DELIVERY_PLANTS } from './deliveries.ts';
import { ECHO_PLANTS } from './echoes.ts';
import { FUNCTION_PLANTS } from './functions.ts';
import { OTHER_EVENT_PLANTS } from './other-events.ts';
import type { KnownMistake } from './plant.ts';
import { PROCESSOR_PLANTS } from './processor.ts';
import { RESTORE_PLANTS } from './restores.ts';
import { SETTLEMENT_PLANTS } from './settlements.ts';
import { STRANGER_PLANTS } from './strangers.ts';
import { OTHER_PLANTS } from './surroundings.ts';

/** Known mistakes. Each must be caught, or the simulation proves nothing. */
export const PLANTS: Record<string, KnownMistake> = {
  ...PROCESSOR_PLANTS,
  ...ECHO_PLANTS,
  ...OTHER_EVENT_PLANTS,
  ...SETTLEMENT_PLANTS,
  ...RESTORE_PLANTS,
  ...FUNCTION_PLANTS,
  ...DELIVERY_PLANTS,
  ...BOUNDS_PLANTS,
  ...STRANGER_PLANTS,
  ...OTHER_PLANTS,
};
