"""Keeps finished runs in a bucket: a Lambda function behind the SQS queue that rules deliver to."""

import gzip
import json
import os
from urllib.parse import unquote

import boto3

s3 = boto3.client("s3")


def persist(delivery_id, run):
    """Your code goes here. A repeated delivery has the same id: as the key of the object, it keeps the run once."""
    s3.put_object(Bucket=os.environ["BUCKET"], Key=f"{delivery_id}.json", Body=json.dumps(run))


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
