/** Text that does not compress, and is the same every time. */
export function noise(length: number): string {
  let seed = 12_345;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return alphabet[seed >>> 26];
  }).join('');
}
