import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  EnvironmentError,
  list,
  required,
  requiredNumber,
  workflowIds,
} from '../../lambda/adapters/environment.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the environment', () => {
  it('turns workflow variables back into the names of the stage setting', () => {
    const ids = workflowIds({
      NEXT_WORKFLOW_ID: 'a',
      MONTH_END_2_WORKFLOW_ID: 'b',
      WORKFLOW_ID: 'c',
      PATH: 'd',
    });

    expect(ids).toEqual({ next: 'a', monthEnd2: 'b' });
  });

  it('leaves out a workflow that has no id', () => {
    expect(workflowIds({ NEXT_WORKFLOW_ID: '' })).toEqual({});
  });

  it('names the variable that is missing, empty or no number', () => {
    vi.stubEnv('SOME_TABLE', '');
    vi.stubEnv('SOME_SECONDS', 'soon');

    expect(() => required('SOME_TABLE')).toThrow(EnvironmentError);
    expect(() => required('SOME_TABLE')).toThrow(/SOME_TABLE/);
    expect(() => requiredNumber('SOME_SECONDS')).toThrow(/SOME_SECONDS is not a number/);
  });

  it('reads an empty list as none', () => {
    vi.stubEnv('SOME_LIST', ' a, b ,,');

    expect(list('SOME_LIST')).toEqual(['a', 'b']);
    expect(list('SOME_OTHER_LIST')).toEqual([]);
  });
});
