import { resolve } from 'node:path';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Encryption } from '../encryption/encryption.ts';
import { ServiceFunction } from '../functions/service-function.ts';
import type { DestinationOptions } from '../props.ts';
import type { Settings } from '../settings/defaults.ts';
import { HANDLER_TIMEOUT } from '../timing.ts';
import { type Deliverable, givenArnOf } from './destination.ts';

/** Props of `Destinations`. */
export interface DestinationsProps {
  readonly settings: Settings;
  readonly encryption: Encryption;
}

/** Where rules may hand events to: what is given, and the functions that are built for it. */
export class Destinations extends Construct implements Deliverable {
  /** Name → function that was built from a handler of the customer's. */
  readonly handlers: Readonly<Record<string, ServiceFunction>>;
  readonly arns: Readonly<Record<string, string>>;
  readonly #given: readonly DestinationOptions[];
  readonly #encryption: Encryption;

  constructor(scope: Construct, id: string, { settings, encryption }: DestinationsProps) {
    super(scope, id);
    this.#encryption = encryption;
    const handlers: Record<string, ServiceFunction> = {};
    const arns: Record<string, string> = {};
    for (const [name, destination] of Object.entries(settings.destinations)) {
      if ('handler' in destination) handlers[name] = this.#build(name, destination.handler, settings);
      arns[name] = handlers[name]?.function.functionArn ?? givenArnOf(destination) ?? '';
    }
    this.handlers = handlers;
    this.arns = arns;
    this.#given = Object.values(settings.destinations);
  }

  get queues(): string[] {
    return this.#given.flatMap((one) => ('queue' in one ? one.queue.queueArn : []));
  }

  get functions(): string[] {
    const given = this.#given.flatMap((one) => ('function' in one ? one.function.functionArn : []));
    return [...Object.values(this.handlers).map((handler) => handler.function.functionArn), ...given];
  }

  get eventBuses(): string[] {
    return this.#given.flatMap((one) => ('eventBus' in one ? one.eventBus.eventBusArn : []));
  }

  get queueKeys(): IKey[] {
    return this.#given.flatMap((one) => ('queue' in one ? (one.queue.encryptionMasterKey ?? []) : []));
  }

  #build(name: string, handler: string, settings: Settings): ServiceFunction {
    return new ServiceFunction(this, name, {
      service: name,
      handler: resolve(handler),
      description: `Receives Cyberdesk events as the destination "${name}"`,
      timeout: HANDLER_TIMEOUT,
      memorySize: 512,
      settings,
      encryption: this.#encryption,
      environment: { STAGE: settings.stage },
      statements: {},
    });
  }
}
