"""A Lambda function behind an SQS queue that rules deliver to. Reports each message that it could not handle."""

import gzip
import json
from urllib.parse import unquote

import boto3


def read_event(delivered):
    """The webhook: in the delivery, or in pieces in the events table if it is too large for a message."""
    if "data" in delivered:
        return delivered["data"]
    region, name, event_id = (unquote(part) for part in delivered["dataref"].removeprefix("dynamodb://").split("/"))
    table = boto3.resource("dynamodb", region_name=region).Table(name)
    read = lambda pk, sk: table.get_item(Key={"pk": pk, "sk": sk}, ConsistentRead=True)["Item"]
    event = read(f"event#{event_id}", "event")
    pieces = (read(f"body#{event['body_sha256']}/{n}", "body")["piece"] for n in range(int(event["body_pieces"])))
    return json.loads(gzip.decompress(b"".join(piece.value for piece in pieces)))


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
