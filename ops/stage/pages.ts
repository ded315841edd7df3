/** One page of a response, and the token of the next. */
export interface Page<T, Token> {
  items: T[] | undefined;
  next: Token | undefined;
}

/** All pages of a paginated AWS call. */
export async function* pagesOf<T, Token = string>(
  ask: (token: Token | undefined) => Promise<Page<T, Token>>,
): AsyncGenerator<T[]> {
  let token: Token | undefined;
  do {
    const { items = [], next } = await ask(token);
    yield items;
    token = next;
  } while (token);
}

export const allOf = async <T>(ask: (token: string | undefined) => Promise<Page<T, string>>): Promise<T[]> =>
  (await Array.fromAsync(pagesOf(ask))).flat();
