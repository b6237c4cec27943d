"""The kinds of resources that stacks can have here."""

from collections.abc import Mapping
from typing import Final

from local_cloud.aws.cloudformation.kinds import (
    access,
    containers,
    messages,
    names,
    network,
    registry,
    services,
    storage,
    timing,
    watching,
)
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
    "AWS::EC2::VPC": network.VPC,
    "AWS::EC2::Subnet": network.SUBNET,
    "AWS::EC2::RouteTable": network.ROUTE_TABLE,
    "AWS::EC2::SubnetRouteTableAssociation": network.ASSOCIATION,
    "AWS::EC2::Route": network.ROUTE,
    "AWS::EC2::InternetGateway": network.INTERNET_GATEWAY,
    "AWS::EC2::VPCGatewayAttachment": network.ATTACHMENT,
    "AWS::EC2::EIP": network.ADDRESS,
    "AWS::EC2::NatGateway": network.NAT_GATEWAY,
    "AWS::EC2::VPCEndpoint": network.ENDPOINT,
    "AWS::Route53::HostedZone": names.HOSTED_ZONE,
    "AWS::Route53::RecordSet": names.RECORD_SET,
    "AWS::ECR::Repository": registry.REPOSITORY,
    "AWS::ECS::Cluster": containers.CLUSTER,
    "AWS::ECS::ClusterCapacityProviderAssociations": containers.CAPACITY_PROVIDERS,
    "AWS::ECS::TaskDefinition": containers.TASK_DEFINITION,
    "AWS::ECS::Service": services.SERVICE,
    "AWS::ApplicationAutoScaling::ScalableTarget": timing.SCALABLE_TARGET,
    "AWS::Scheduler::Schedule": timing.SCHEDULE,
    "AWS::CloudWatch::Alarm": watching.ALARM,
    "AWS::CloudWatch::Dashboard": watching.DASHBOARD,
}
"""By their type."""
