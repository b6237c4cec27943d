"""The kinds of resources that stacks can have here."""

from collections.abc import Mapping
from typing import Final

from local_cloud.aws.cloudformation.kinds import access, containers, messages, registry, services, storage, watching
from local_cloud.aws.cloudformation.kinds.kind import Kind

KINDS: Final[Mapping[str, Kind]] = {
    "AWS::S3::Bucket": storage.BUCKET,
    "AWS::S3::BucketPolicy": storage.BUCKET_POLICY,
    "AWS::Logs::LogGroup": storage.LOG_GROUP,
    "AWS::SQS::Queue": messages.QUEUE,
    "AWS::SQS::QueuePolicy": messages.QUEUE_POLICY,
    "AWS::SNS::Topic": messages.TOPIC,
    "AWS::SNS::TopicPolicy": messages.TOPIC_POLICY,
    "AWS::SNS::Subscription": messages.SUBSCRIPTION,
    "AWS::Events::Rule": messages.RULE,
    "AWS::IAM::Role": access.ROLE,
    "AWS::EC2::SecurityGroup": access.SECURITY_GROUP,
    "AWS::ECR::Repository": registry.REPOSITORY,
    "AWS::ECS::Cluster": containers.CLUSTER,
    "AWS::ECS::ClusterCapacityProviderAssociations": containers.CAPACITY_PROVIDERS,
    "AWS::ECS::TaskDefinition": containers.TASK_DEFINITION,
    "AWS::ECS::Service": services.SERVICE,
    "AWS::CloudWatch::Alarm": watching.ALARM,
    "AWS::CloudWatch::Dashboard": watching.DASHBOARD,
}
"""By their type."""
