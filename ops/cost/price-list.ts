// cspell:words awskms AWSX usagetype
import { readFileSync } from 'node:fs';
import { BadArgumentError } from '../errors.ts';
import { isObject, type JsonObject, parseObject } from '../json.ts';
import type { Price, PriceName, Prices } from './prices.ts';

/** AWS's names of what is counted: offer, and usage type without the prefix of a region. */
const USAGE: Partial<Record<PriceName, [offer: string, usageType: string]>> = {
  'http-api-request': ['AmazonApiGateway', 'ApiGatewayHttpRequest'],
  'lambda-request': ['AWSLambda', 'Request-ARM'],
  'lambda-gb-second-arm64': ['AWSLambda', 'Lambda-GB-Second-ARM'],
  'lambda-gb-second-x86_64': ['AWSLambda', 'Lambda-GB-Second'],
  'lambda-provisioned-gb-second-arm64': ['AWSLambda', 'Lambda-Provisioned-Concurrency-ARM'],
  'dynamodb-write-unit': ['AmazonDynamoDB', 'WriteRequestUnits'],
  'dynamodb-read-unit': ['AmazonDynamoDB', 'ReadRequestUnits'],
  'dynamodb-storage': ['AmazonDynamoDB', 'TimedStorage-ByteHrs'],
  'dynamodb-pitr': ['AmazonDynamoDB', 'TimedPITRStorage-ByteHrs'],
  'sqs-request': ['AWSQueueService', 'Requests-Tier1'],
  'sns-publish': ['AmazonSNS', 'Requests-Tier1'],
  'sns-mail': ['AmazonSNS', 'DeliveryAttempts-SMTP'],
  'kms-key': ['awskms', 'KMS-Keys'],
  'kms-request': ['awskms', 'KMS-Requests'],
  secret: ['AWSSecretsManager', 'AWSSecretsManager-Secrets'],
  'secret-request': ['AWSSecretsManager', 'AWSSecretsManagerAPIRequest'],
  'alarm-metric': ['AmazonCloudWatch', 'CW:AlarmMonitorUsage'],
  metric: ['AmazonCloudWatch', 'CW:MetricMonitorUsage'],
  'logs-ingested': ['AmazonCloudWatch', 'DataProcessing-Bytes'],
  'logs-stored': ['AmazonCloudWatch', 'TimedStorage-ByteHrs'],
  'xray-trace': ['AWSXRay', 'XRay-TracesStored'],
  'data-out': ['AWSDataTransfer', 'DataTransfer-Out-Bytes'],
};

/**
 * Prices with those of a file of AWS's Price List API in place of theirs: the offer of one service in one region, as
 * `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<offer>/current/<region>/index.json` has it.
 *
 * @throws BadArgumentError
 */
export function withPriceList(prices: Prices, file: string): Prices {
  const list = readList(file);
  const found = Object.entries(USAGE).flatMap(([name, [offer, usageType]]) => {
    const usd = offer === list.offerCode ? firstPrice(list, usageType) : undefined;
    return usd === undefined ? [] : [[name as PriceName, usd] as const];
  });
  if (found.length === 0)
    throw new BadArgumentError(`${file} (${list.offerCode}) has no price of what this service uses`, {
      next: 'give the offer file of one region, such as that of AmazonDynamoDB',
    });
  const changed = found.map(([name, usd]): [PriceName, Price] => [
    name,
    { ...prices[name], usd, source: file, seen: list.publicationDate.slice(0, 7) },
  ]);
  return { ...prices, ...Object.fromEntries(changed) };
}

interface PriceList {
  offerCode: string;
  /** ISO 8601. */
  publicationDate: string;
  products: JsonObject;
  /** By SKU. */
  onDemand: JsonObject;
}

function readList(file: string): PriceList {
  const { offerCode, publicationDate, products, terms } = parseObject(readText(file)) ?? {};
  const onDemand = isObject(terms) ? terms.OnDemand : undefined;
  if (
    typeof offerCode === 'string' &&
    typeof publicationDate === 'string' &&
    isObject(products) &&
    isObject(onDemand)
  )
    return { offerCode, publicationDate, products, onDemand };
  throw new BadArgumentError(`${file} is not an offer file of AWS's Price List API in JSON`, {
    next: 'download one from https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json',
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BadArgumentError(`there is no file ${file}`, { next: 'give the path of an offer file', cause });
  }
}

/** What the first unit costs after the free ones. */
function firstPrice({ products, onDemand }: PriceList, usageType: string): number | undefined {
  const [sku] = Object.entries(products).find(([, product]) => isOf(product, usageType)) ?? [];
  const dimensions = valuesOf(sku === undefined ? undefined : onDemand[sku]).flatMap((term) =>
    valuesOf(isObject(term) ? term.priceDimensions : undefined),
  );
  const tiers = dimensions
    .filter(isObject)
    .map(({ beginRange, pricePerUnit }) => ({
      from: Number(beginRange ?? 0),
      usd: Number(isObject(pricePerUnit) ? pricePerUnit.USD : Number.NaN),
    }))
    .filter(({ usd }) => usd > 0);
  return tiers.sort((a, b) => a.from - b.from)[0]?.usd;
}

/** A usage type has the prefix of its region, such as `EUC1-`, except in us-east-1. */
function isOf(product: unknown, usageType: string): boolean {
  const attributes = isObject(product) ? product.attributes : undefined;
  const found = isObject(attributes) ? String(attributes.usagetype) : '';
  return found === usageType || /^[A-Z]{2,4}\d?-/.exec(found)?.[0] + usageType === found;
}

const valuesOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value) : []);
