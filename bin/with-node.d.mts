export function withNode(load: () => Promise<unknown>): Promise<void>;
export function firstOf(environment: NodeJS.ProcessEnv, names: readonly string[]): string | undefined;
export function proxyOf(environment: NodeJS.ProcessEnv, protocol: 'http' | 'https'): string | undefined;
