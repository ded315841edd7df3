import { type App, Validations } from 'aws-cdk-lib';

/**
 * Checks the app against cdk-nag's packs during synthesis; a violation fails the synthesis.
 *
 * Only on request: otherwise it would also reject resources that a customer adds. cdk-nag is needed for this only.
 */
export async function addNag(app: App): Promise<void> {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
