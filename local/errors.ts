import { OperatorError } from '../ops/errors.ts';
import { codeOf } from '../ops/stage/faults.ts';

export class InvalidSettingError extends OperatorError {
  override name = 'InvalidSettingError';
}

export class PortInUseError extends OperatorError {
  override name = 'PortInUseError';
  constructor(port: number, options?: ErrorOptions) {
    const next = `stop the program that listens there, or use another port (PORT=${port + 1} npm start)`;
    super(`PORT ${port} is in use`, { next, ...options });
  }
}

/** The system does not permit listening on the port, e.g. below 1024 without privileges. */
export class PortRefusedError extends OperatorError {
  override name = 'PortRefusedError';
  constructor(port: number, options?: ErrorOptions) {
    const next = 'use a port above 1023 (PORT=8787 npm start)';
    super(`PORT ${port} is not permitted by the system`, { next, ...options });
  }
}

/** Another local run of this folder is alive. */
export class StateInUseError extends OperatorError {
  override name = 'StateInUseError';
  constructor(folder: string, options?: ErrorOptions) {
    const next = 'stop that one, or keep the state elsewhere (LOCAL_STATE=<folder> npm start)';
    super(`${folder} is in use by another local run`, { next, ...options });
  }
}

/** A table was kept by a stack whose keys or indexes are others. */
export class StateOutdatedError extends OperatorError {
  override name = 'StateOutdatedError';
  constructor(table: string, options?: ErrorOptions) {
    super(`The kept table ${table} has other keys or indexes than the template`, {
      next: 'start without what is kept (npm start -- --fresh)',
      ...options,
    });
  }
}

export class SynthError extends OperatorError {
  override name = 'SynthError';
  /** What the app is made from now, if that has been edited since the synthesis began. */
  edited?: ReadonlyMap<string, string>;
}

/** A resource of the template cannot be created: the emulators refuse it as AWS would. */
export class ResourceRefusedError extends OperatorError {
  override name = 'ResourceRefusedError';
  /** As in `the queue CyberdeskWebhooks-dev/Jobs (JobsD5A3F8)`. */
  readonly resource: string;
  /** Code and message of the service. */
  readonly reason: string;
  /** @param ownPath construct path, if the customer has made it */
  constructor(
    kind: string,
    { logicalId, ownPath }: { logicalId: string; ownPath?: string | undefined },
    { code, message, ...options }: ErrorOptions & { code: string; message: string },
  ) {
    const resource =
      ownPath === undefined ? `the ${kind} ${logicalId}` : `the ${kind} ${ownPath} (${logicalId})`;
    const [first = ''] = message.split('\n');
    const reason = first === '' ? code : `${code}: ${first}`;
    const file = ownPath === undefined ? '' : 'infrastructure.ts: ';
    super(`${file}${resource} cannot be created`, { next: reason, ...options });
    this.resource = resource;
    this.reason = reason;
  }
}

/** The synthesized app has no stack for the stage. */
export class UnknownStageError extends OperatorError {
  override name = 'UnknownStageError';
  constructor(stage: string, known: readonly string[]) {
    const choice = known.length > 0 ? `use one of ${known.join(', ')}, or ` : '';
    super(`STAGE "${stage}" has no stack`, { next: `${choice}add it to stages.ts` });
  }
}

/** The template uses something that matters and that the local run does not support. */
export class UnsupportedTemplateError extends OperatorError {
  override name = 'UnsupportedTemplateError';
  /** What is not supported, as in `the resource type AWS::S3::Bucket (Reports)`. */
  readonly feature: string;
  constructor(feature: string, next: string, options?: ErrorOptions) {
    super(`The local run does not support ${feature}`, { next, ...options });
    this.feature = feature;
  }
}

/** A value that the template must have. @throws UnsupportedTemplateError if it has none */
export function supported<T>(value: T | undefined, feature: string, next: string): T {
  if (value !== undefined) return value;
  throw new UnsupportedTemplateError(feature, next);
}

/** The Cyberdesk API at CYBERDESK_API_URL does not answer. */
export class CyberdeskUnreachableError extends OperatorError {
  override name = 'CyberdeskUnreachableError';
}

/** The AWS emulator at CYBERDESK_WEBHOOKS_AWS_ENDPOINT does not answer, or rejects a call that creates the stack. */
export class EmulatorError extends OperatorError {
  override name = 'EmulatorError';
}

/** Why a connection failed: the system's error code, if there is one. */
export const reasonOf = ({ cause, message }: Error): string => codeOf(cause) ?? message;
