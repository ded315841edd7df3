"""A Lambda function behind an SQS queue that rules deliver to. Reports each message that it could not handle."""

import gzip
import json
from urllib.parse import unquote

import boto3


def read_event(delivered):
    """The webhook: in the delivery, or in the events table if it is too large for a message."""
    if "data" in delivered:
        return delivered["data"]
    region, table, event_id = (unquote(part) for part in delivered["dataref"].removeprefix("dynamodb://").split("/"))
    items = boto3.resource("dynamodb", region_name=region).Table(table)
    read = lambda pk, sk: items.get_item(Key={"pk": pk, "sk": sk}, ConsistentRead=True)["Item"]
    event = read(f"event#{event_id}", "event")
    keys = [f"body#{event['body_sha256']}/{n}" for n in range(int(event.get("body_pieces", 0)))]
    zipped = event["body"].value if "body" in event else b"".join(read(key, "body")["piece"].value for key in keys)
    return json.loads(gzip.decompress(zipped))


def handler(batch, _context):
    failed = []
    for message in batch["Records"]:
        try:
            delivered = json.loads(message["body"])
            persist(delivered["id"], read_event(delivered)["run"])
        except Exception as error:
            print(f"{message['messageId']} failed: {type(error).__name__}")  # never the message: it may quote payload
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def persist(delivery_id, run):
    """Yours: store the run, once per delivery id."""
