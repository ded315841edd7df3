export interface ControlCall {
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** The JSON body. @throws SyntaxError when it is not JSON */
  readonly body: () => Promise<unknown>;
}

export type ControlAnswer =
  | { readonly status?: number; readonly json: unknown }
  | { readonly bytes: Uint8Array };

export type ControlRoute = (call: ControlCall) => Promise<ControlAnswer>;

/** Endpoints by `<METHOD> <path below /_local/>`. */
export type ControlRoutes = Readonly<Record<string, ControlRoute>>;

/** A query parameter cannot be used as it is. */
export class BadQueryError extends Error {
  override name = 'BadQueryError';
}

export const notFound = (what: string): ControlAnswer => ({
  status: 404,
  json: { message: `there is no ${what} with this id` },
});
