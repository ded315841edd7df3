/** An error response of an AWS service: its code, message and HTTP status. */
export class AwsServiceError extends Error {
  override name = 'AwsServiceError';
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
