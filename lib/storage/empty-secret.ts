import { Fn, RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface EmptySecretProps {
  readonly description: string;
  /** Keep the secret when the stack goes. */
  readonly protectData: boolean;
}

/**
 * A secret without a value: the operator sets it, and no deployment touches it.
 *
 * The L2 construct always generates a value. Here that would become the previous version of the first real one, and
 * so a valid signing key.
 */
export class EmptySecret extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: EmptySecretProps) {
    super(scope, id);
    const secret = new CfnSecret(this, 'Secret', { description: props.description });
    secret.applyRemovalPolicy(props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    this.arn = secret.ref;
    // arn:…:secret:<logical id>-<random>-<random>; a name that CloudFormation made has the first two parts.
    const parts = Fn.split('-', Fn.select(6, Fn.split(':', this.arn)));
    this.name = Fn.join('-', [Fn.select(0, parts), Fn.select(1, parts)]);
  }
}
