import { Duration } from 'aws-cdk-lib';

/** Of what is rare, and should be known soon. */
export const SHORT = Duration.minutes(5);
/** Of what happens now and then, and matters when there is much of it. */
export const LONG = Duration.minutes(15);
/** Of causes that last and are noticed now and then only: otherwise the alarm would ring anew each time. */
export const STANDING = Duration.hours(1);
