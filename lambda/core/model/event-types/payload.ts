import { isPrintableId } from '../../../cyberdesk/printable-id.ts';

export type Payload = Record<string, unknown>;

export const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asObject = (value: unknown): Payload => (isObject(value) ? value : {});

/** A value that may serve as an id. */
export const printable = (value: unknown): string | undefined => (isPrintableId(value) ? value : undefined);
