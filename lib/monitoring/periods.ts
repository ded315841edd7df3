import { Duration } from 'aws-cdk-lib';

/** Of what is rare, and should be known soon. */
export const SHORT = Duration.minutes(5);
/** Of what happens now and then, and matters when there is much of it. */
export const LONG = Duration.minutes(15);
/** Longer than a message stays hidden after a function has failed with it: one that waits would ring each time it is tried. */
export const REDELIVERED = Duration.minutes(20);
/** Of causes that last and are noticed now and then only: otherwise the alarm would ring anew each time. */
export const STANDING = Duration.hours(1);
