import { OperatorError } from '../ops/errors.ts';

/** An environment variable or flag holds something unusable. */
export class InvalidSettingError extends OperatorError {
  override name = 'InvalidSettingError';
}

/** Another program listens on the wanted port. */
export class PortInUseError extends OperatorError {
  override name = 'PortInUseError';
  constructor(port: number, options?: ErrorOptions) {
    super(
      `PORT ${port} is in use: stop what listens there, or choose another (PORT=${port + 1} npm start).`,
      options,
    );
  }
}

/** The system does not let the local run listen on the port, as below 1024 without the right to. */
export class PortRefusedError extends OperatorError {
  override name = 'PortRefusedError';
  constructor(port: number, options?: ErrorOptions) {
    super(`PORT ${port} may not be listened on: choose one above 1023 (PORT=8787 npm start).`, options);
  }
}

/** The CDK app could not be synthesized. */
export class SynthError extends OperatorError {
  override name = 'SynthError';
}

/** No stack of the synthesized app belongs to the wanted stage. */
export class UnknownStageError extends OperatorError {
  override name = 'UnknownStageError';
  constructor(stage: string, known: readonly string[]) {
    super(
      `STAGE "${stage}" has no stack: use one of ${known.join(', ') || '(none found)'}, or add it to the stages.`,
    );
  }
}

/** The template uses something that the local run does not know and that matters. */
export class UnsupportedTemplateError extends OperatorError {
  override name = 'UnsupportedTemplateError';
  constructor(feature: string, remedy: string, options?: ErrorOptions) {
    super(`The local run does not know ${feature}: ${remedy}`, options);
  }
}

/** The Cyberdesk API of CYBERDESK_API_URL does not answer. */
export class CyberdeskUnreachableError extends OperatorError {
  override name = 'CyberdeskUnreachableError';
}

/** The AWS emulator of CYBERDESK_WEBHOOKS_AWS_ENDPOINT does not answer or refuses a call that sets the stack up. */
export class EmulatorError extends OperatorError {
  override name = 'EmulatorError';
}
