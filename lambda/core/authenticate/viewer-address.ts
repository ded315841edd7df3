/**
 * The client's address in a `CloudFront-Viewer-Address` header, which ends in a port: `203.0.113.7:4711`,
 * `2001:db8::7:4711`, `[2001:db8::7]:4711`. Only to be trusted in a request that came through CloudFront.
 */
export const viewerAddress = (header = ''): string => header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
