import { parseFault } from '../faults/parse-fault.ts';
import type { LocalRun } from '../running.ts';
import { type ControlRoutes, json, notFound } from './route.ts';

export function faultRoutes({ faults, stack }: LocalRun): ControlRoutes {
  const callers = [...stack.functions.map(({ label }) => label), 'operator'];
  const list = () => json({ faults: faults.list() });
  return {
    'GET faults': async () => list(),
    'POST faults': async ({ body }) => {
      const given = await body();
      // All are checked before the first is planted.
      const checked = [given].flat().map((fault) => parseFault(fault, callers));
      const planted = checked.map((fault) => faults.plant(fault));
      return json(Array.isArray(given) ? planted : planted[0], 201);
    },
    'DELETE faults': async () => {
      faults.clear();
      return list();
    },
    'DELETE faults/{id}': async ({ id }) => {
      if (!faults.list().some((fault) => fault.id === id)) return notFound('fault');
      faults.clear(id);
      return list();
    },
  };
}
