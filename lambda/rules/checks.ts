import type { PostRunCheckResult } from '../cyberdesk/types.ts';

/** The only status of a check that has passed; the list of the others is open. */
const PASSED = 'success';

/**
 * The post-run checks that did not pass: any status but the known good one, or any error text. An unknown status
 * counts as failed, because nothing says that it is good. A run without checks has no failed checks.
 */
export function failedChecks(run: { post_run_checks?: unknown }): Partial<PostRunCheckResult>[] {
  if (!Array.isArray(run.post_run_checks)) return [];
  const checks: unknown[] = run.post_run_checks;
  return checks
    .filter((check): check is Partial<PostRunCheckResult> => typeof check === 'object' && check !== null)
    .filter((check) => check.status !== PASSED || Boolean(check.error_message));
}
