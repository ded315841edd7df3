import { expect, it } from 'vitest';
import { nameOf, parentOf } from '../../../lambda/core/model/index.ts';

it('the name of a completion yields its run, whatever the run is called', () => {
  const key = { pk: 'run#a run', sk: 'completion#event:event-1' };
  expect(parentOf(nameOf(key))).toEqual({ runId: 'a run', completion: 'completion#event:event-1' });
});
