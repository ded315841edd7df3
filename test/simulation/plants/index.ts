import { BOUNDS_PLANTS } from './bounds.ts';
import { FUNCTION_PLANTS } from './functions.ts';
import type { KnownMistake } from './plant.ts';
import { PROCESSOR_PLANTS } from './processor.ts';
import { SETTLEMENT_PLANTS } from './settlements.ts';
import { OTHER_PLANTS } from './surroundings.ts';

/** Known mistakes. Each must be caught, or the simulation proves nothing. */
export const PLANTS: Record<string, KnownMistake> = {
  ...PROCESSOR_PLANTS,
  ...SETTLEMENT_PLANTS,
  ...FUNCTION_PLANTS,
  ...BOUNDS_PLANTS,
  ...OTHER_PLANTS,
};
