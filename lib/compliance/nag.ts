import { type App, Validations } from 'aws-cdk-lib';

/**
 * Checks the app against cdk-nag's packs while it is synthesized; a violation fails the synth.
 *
 * Only on request: in a plain synth it would block what a customer adds. cdk-nag is not needed otherwise.
 */
export async function addNag(app: App): Promise<void> {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
