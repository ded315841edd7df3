import type { Fields, Operation, Shape } from './api.ts';
import type { VendorApi } from './in-our-words.ts';
import type { OurApi } from './our-api.ts';

/** One difference. Something that we use is gone or changed, or the vendor has something that we do not describe. */
export interface Difference {
  readonly kind: 'gone' | 'changed' | 'new';
  /** `RunStatus.success`, `RunCreate.workflow_id`, `GET /v1/runs ?limit`. */
  readonly where: string;
  readonly what: string;
}

/** Everything in which the vendor's API differs from our description, what we use first. */
export function compare(ours: OurApi, vendor: VendorApi): Difference[] {
  const differences = [
    ...compareOperations(ours, vendor),
    ...compareModels(ours, vendor),
    ...compareEnumerations(ours, vendor),
  ];
  const known = new Set(Object.keys(ours.models));
  for (const name of Object.keys(vendor.models))
    if (/Event$/.test(name) && !known.has(name)) differences.push(added(name, 'an event type'));
  return differences.sort(byKind);
}

const ORDER = ['gone', 'changed', 'new'];
const byKind = (one: Difference, other: Difference): number =>
  ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || (one.where < other.where ? -1 : 1);

const gone = (where: string, what: string): Difference => ({ kind: 'gone', where, what });
const changed = (where: string, what: string): Difference => ({ kind: 'changed', where, what });
const added = (where: string, what: string): Difference => ({ kind: 'new', where, what });

function compareOperations(ours: OurApi, vendor: VendorApi): Difference[] {
  const found = Object.entries(ours.operations).flatMap(([name, operation]) => {
    const theirs = vendor.operations[name];
    return theirs ? compareOperation(name, operation, theirs) : [gone(name, 'an operation')];
  });
  const more = Object.keys(vendor.operations).filter((name) => !(name in ours.operations));
  return [...found, ...more.map((name) => added(name, 'an operation'))];
}

function compareOperation(name: string, ours: Operation, theirs: Operation): Difference[] {
  const parts = [
    ...compareFields({
      at: `${name} ?`,
      ours: ours.query,
      theirs: theirs.query,
      isSent: true,
      isReceived: false,
    }),
    ...ours.headers
      .filter((header) => !theirs.headers.includes(header))
      .map((header) => gone(`${name} ${header}`, 'a header')),
  ];
  if (ours.body.join() !== theirs.body.join())
    parts.push(changed(`${name} body`, `${ours.body.join() || 'none'} → ${theirs.body.join() || 'none'}`));
  for (const [status, model] of Object.entries(ours.responses)) {
    const their = theirs.responses[status];
    if (their === undefined) parts.push(gone(`${name} ${status}`, 'a response'));
    else if (their !== model) parts.push(changed(`${name} ${status}`, `${model} → ${their}`));
  }
  return parts;
}

function compareModels(ours: OurApi, vendor: VendorApi): Difference[] {
  return Object.entries(ours.models).flatMap(([name, fields]) => {
    const use = { isSent: ours.sent.has(name), isReceived: ours.received.has(name) };
    // Bodies of errors: not described by the vendor, and not read by us.
    if (!use.isSent && !use.isReceived) return [];
    const theirs = vendor.models[name] ?? [];
    if (theirs.length === 0) return [gone(name, 'a model')];
    return theirs.flatMap((model) =>
      compareFields({ at: `${model.name}.`, ours: fields, theirs: model.fields, ...use }),
    );
  });
}

interface Comparison {
  /** What comes before the name of a field. */
  at: string;
  ours: Fields;
  theirs: Fields;
  isSent: boolean;
  isReceived: boolean;
}

function compareFields({ at, ours, theirs, isSent, isReceived }: Comparison): Difference[] {
  const kept = Object.entries(ours).flatMap(([name, shape]) => {
    const their = theirs[name];
    if (!their) return [gone(at + name, at.endsWith('?') ? 'a parameter' : 'a field')];
    const [before, after] = [words(shape), words(their)];
    if (before === after) return [];
    // What we may send or leave out still works if less is asked for, and what we read if more is certain.
    const isHarmless = shape.types.join() === their.types.join() && (their.optional ? !isReceived : !isSent);
    return isHarmless ? [] : [changed(at + name, `${before} → ${after}`)];
  });
  const more = Object.entries(theirs).filter(([name]) => !(name in ours));
  return [
    ...kept,
    ...more.map(([name, shape]) =>
      isSent && !shape.optional
        ? changed(at + name, `${words(shape)} is required`)
        : added(at + name, words(shape)),
    ),
  ];
}

const words = ({ types, optional }: Shape): string => types.join(' | ') + (optional ? ', optional' : '');

function compareEnumerations(ours: OurApi, vendor: VendorApi): Difference[] {
  return Object.entries(ours.enumerations).flatMap(([name, values]) => {
    const theirs = vendor.enumerations[name];
    if (!theirs) return [gone(name, 'an enumeration')];
    const lost = values.filter((value) => !theirs.includes(value));
    const more = theirs.filter((value) => !values.includes(value));
    return [
      ...lost.map((value) => gone(`${name}.${value}`, 'a value')),
      // A value that may arrive and is not known changes what a reader has to expect.
      ...more.map((value) =>
        ours.received.has(name)
          ? changed(`${name}.${value}`, 'is new and may be received')
          : added(`${name}.${value}`, 'a value'),
      ),
    ];
  });
}
