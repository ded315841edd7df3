/** `arn:<partition>:<service>:<region>:<account>:<resource>`; the resource may have colons itself. */
export function partsOf(arn: string) {
  const [, partition = '', service = '', region = '', account = '', ...resource] = arn.split(':');
  return { partition, service, region, account, resource: resource.join(':') };
}
