import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Emulators, startEmulators } from './emulators.ts';
import { Service } from './service.ts';
import { createStage, type StageChanges, type TestStage } from './stage.ts';

/** What the tests of a file work on; the members exist once its first test runs. */
export interface Here {
  readonly emulators: Emulators;
  /** Fresh for each test. */
  readonly stage: TestStage;
  /** The protocol on that stage. */
  readonly service: Service;
}

/**
 * Emulators for a file of tests, and a new stage for each test.
 *
 * @param change how the stage differs; called before each test
 */
export function useStage(change: () => StageChanges | Promise<StageChanges> = () => ({})): Here {
  const here = {} as { -readonly [Name in keyof Here]: Here[Name] };
  beforeAll(async () => {
    here.emulators = await startEmulators();
  });
  afterAll(() => here.emulators?.stop());
  beforeEach(async () => {
    here.stage = await createStage(here.emulators, await change());
    here.service = new Service(here.stage);
  });
  return here;
}
