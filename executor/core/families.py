"""The families of causes: a short, fixed list, for whoever counts failures or acts on them by program."""

from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """What a cause is one of; names never change, and a new one is rare."""

    IMAGE_ARCHITECTURE = "image_architecture"
    IMAGE_NOT_FOUND = "image_not_found"
    REGISTRY_AUTH = "registry_auth"
    IMAGE_PULL_NETWORK = "image_pull_network"
    REGISTRY_RATE_LIMIT = "registry_rate_limit"
    DISK_FULL = "disk_full"
    SECRET_DENIED = "secret_denied"  # noqa: S105 - the name of a family
    SECRET_MISSING = "secret_missing"  # noqa: S105 - the name of a family
    SECRET_REGION = "secret_region"  # noqa: S105 - the name of a family
    SECRET_NETWORK = "secret_network"  # noqa: S105 - the name of a family
    LOGS_GROUP_MISSING = "logs_group_missing"
    LOGS_NETWORK = "logs_network"
    ENI_TIMEOUT = "eni_timeout"
    SUBNET_NO_IPS = "subnet_no_ips"
    SUBNET_OR_SG_MISSING = "subnet_or_sg_missing"
    CAPACITY = "capacity"
    VCPU_QUOTA = "vcpu_quota"
    THROTTLED = "throttled"
    PASSROLE_DENIED = "passrole_denied"
    ROLE_ASSUME = "role_assume"
    RUNTASK_DENIED = "runtask_denied"
    BAD_SIZE = "bad_size"
    OVERRIDES_TOO_LONG = "overrides_too_long"
    TASK_DEFINITION_MISSING = "task_definition_missing"
    CLUSTER_MISSING = "cluster_missing"
    OUT_OF_MEMORY = "out_of_memory"
    APP_EXIT = "app_exit"
    APP_IMPORT_ERROR = "app_import_error"
    APP_CONFIG_MISSING = "app_config_missing"
    COMMAND_NOT_FOUND = "command_not_found"
    PERMISSION_ON_ENTRYPOINT = "permission_on_entrypoint"
    SIGNAL_KILLED = "signal_killed"
    STOPPED_BY_USER = "stopped_by_user"
    SPOT_INTERRUPTION = "spot_interruption"
    HOST_MAINTENANCE = "host_maintenance"
    HEALTH_CHECK_FAILED = "health_check_failed"
    ELB_HEALTH_CHECK = "elb_health_check"
    SNOWFLAKE_AUTH = "snowflake_auth"
    SNOWFLAKE_NETWORK_POLICY = "snowflake_network_policy"
    SNOWFLAKE_ACCOUNT_NAME = "snowflake_account_name"
    SNOWFLAKE_UNREACHABLE = "snowflake_unreachable"
    SNOWFLAKE_OBJECT_MISSING = "snowflake_object_missing"
    SNOWFLAKE_WAREHOUSE = "snowflake_warehouse"
    SNOWFLAKE_SQL_ERROR = "snowflake_sql_error"
    SNOWFLAKE_LOCK = "snowflake_lock"
    SNOWFLAKE_TIMEOUT = "snowflake_timeout"
    SNOWFLAKE_PACKAGE = "snowflake_package"
    S3_DENIED = "s3_denied"
    S3_MISSING_BUCKET = "s3_missing_bucket"
    DNS = "dns"
    TLS = "tls"
    PROXY = "proxy"
    UNKNOWN = "unknown"


_F = Family

MEANING: Final = {
    _F.IMAGE_ARCHITECTURE: "the image is built for another processor than the task's",
    _F.IMAGE_NOT_FOUND: "the image, its tag or its repository is not there",
    _F.REGISTRY_AUTH: "the registry, or a right in AWS, refuses the pull or push",
    _F.IMAGE_PULL_NETWORK: "the registry, or the store of its layers, was not reached",
    _F.REGISTRY_RATE_LIMIT: "the registry was asked too often",
    _F.DISK_FULL: "the task's disk is full",
    _F.SECRET_DENIED: "a secret, parameter or key may not be read",
    _F.SECRET_MISSING: "a secret, parameter or key of its JSON is not there",
    _F.SECRET_REGION: "a secret lies in another region than the one that was asked",
    _F.SECRET_NETWORK: "what keeps secrets and settings was not reached before the start",
    _F.LOGS_GROUP_MISSING: "the log group is not there, or may not be made or written to",
    _F.LOGS_NETWORK: "CloudWatch Logs was not reached",
    _F.ENI_TIMEOUT: "the task was not given its network interface",
    _F.SUBNET_NO_IPS: "the subnet has no free address",
    _F.SUBNET_OR_SG_MISSING: "a subnet or security group is not there, or they do not belong together",
    _F.CAPACITY: "there is no room for the task",
    _F.VCPU_QUOTA: "the account's quota for Fargate is used up, or smaller than the task",
    _F.THROTTLED: "AWS was asked too often",
    _F.PASSROLE_DENIED: "the caller may not hand the task its roles",
    _F.ROLE_ASSUME: "a role cannot be taken on, or there are no credentials that AWS accepts",
    _F.RUNTASK_DENIED: "the caller may not launch the task",
    _F.BAD_SIZE: "Fargate has no such pair of cpu and memory",
    _F.OVERRIDES_TOO_LONG: "what is handed to the container at its launch is too long",
    _F.TASK_DEFINITION_MISSING: "the task definition, or the container in it, is not there",
    _F.CLUSTER_MISSING: "the cluster is not there",
    _F.OUT_OF_MEMORY: "memory ran out",
    _F.APP_EXIT: "the program itself ended with an error",
    _F.APP_IMPORT_ERROR: "a module or library that the program needs is not in the image",
    _F.APP_CONFIG_MISSING: "a setting that the program needs is missing or wrong",
    _F.COMMAND_NOT_FOUND: "the image has no such program or script",
    _F.PERMISSION_ON_ENTRYPOINT: "the program to start may not be executed",
    _F.SIGNAL_KILLED: "the program was ended by a signal",
    _F.STOPPED_BY_USER: "the task was stopped on somebody's order: a person, a program, a deployment",
    _F.SPOT_INTERRUPTION: "Fargate Spot took the capacity back",
    _F.HOST_MAINTENANCE: "the host under the task was taken away",
    _F.HEALTH_CHECK_FAILED: "the container's own health check failed",
    _F.ELB_HEALTH_CHECK: "a load balancer found the task unhealthy",
    _F.SNOWFLAKE_AUTH: "Snowflake refuses the sign-in, or the session has ended",
    _F.SNOWFLAKE_NETWORK_POLICY: "a network policy of Snowflake does not let this address in",
    _F.SNOWFLAKE_ACCOUNT_NAME: "the account identifier is wrong",
    _F.SNOWFLAKE_UNREACHABLE: "Snowflake was not reached, or did not answer",
    _F.SNOWFLAKE_OBJECT_MISSING: "a role, database, table or other object is not there, or not granted",
    _F.SNOWFLAKE_WAREHOUSE: "no warehouse that could be used",
    _F.SNOWFLAKE_SQL_ERROR: "a statement is wrong, or the data do not fit it",
    _F.SNOWFLAKE_LOCK: "a statement waited in vain for a lock",
    _F.SNOWFLAKE_TIMEOUT: "a statement was ended at a time limit, or by somebody",
    _F.SNOWFLAKE_PACKAGE: "a procedure lacks a Python package",
    _F.S3_DENIED: "S3 refuses the access",
    _F.S3_MISSING_BUCKET: "the bucket is not there, or in another region",
    _F.DNS: "a name could not be resolved",
    _F.TLS: "a certificate was not accepted, or no encrypted connection came about",
    _F.PROXY: "a proxy refused, or was not reached",
    _F.UNKNOWN: "none of these; the cause id may still say what it is",
}
"""What each family is, for the reference page and the list."""
