/**
 * A token bucket, as in API Gateway's throttling of a stage's routes.
 * @param rate tokens per second
 * @param burst size of the bucket
 * @param start milliseconds on any clock
 * @returns a function that takes a token at a time of the same clock, or returns false
 */
export function tokenBucket(rate: number, burst: number, start: number): (now: number) => boolean {
  let tokens = burst;
  let last = start;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * rate);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
