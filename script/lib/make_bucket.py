"""Create the bucket that STORAGE_URL names, on a private S3 server."""

import os
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config

url = urlsplit(os.environ["STORAGE_URL"])
options = parse_qs(url.query)
boto3.client(
    "s3",
    endpoint_url=options["endpoint"][0],
    region_name=options["region"][0],
    aws_access_key_id=url.username,
    aws_secret_access_key=url.password,
    config=Config(s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=30),
).create_bucket(Bucket=url.hostname)
