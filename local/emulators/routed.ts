import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** Some services by themselves, and everything else in one backend. */
export class Routed implements AwsBackend {
  readonly #services: Readonly<Record<string, AwsBackend>>;
  readonly #others: AwsBackend;

  constructor(services: Readonly<Record<string, AwsBackend>>, others: AwsBackend) {
    this.#services = services;
    this.#others = others;
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    return (this.#services[request.service] ?? this.#others).handle(request);
  }

  close(): Promise<void> {
    return this.#others.close();
  }
}
