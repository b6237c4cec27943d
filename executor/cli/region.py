"""Whether the AWS SDK knows in which region to ask."""

import botocore.session
from botocore.exceptions import BotoCoreError


def region_faults() -> list[str]:
    """What is wrong with the region, as a line of the list of wrong settings; empty when there is one."""
    try:
        region = botocore.session.get_session().get_config_variable("region")
    except BotoCoreError as error:
        return [f"AWS_PROFILE: {error}"]
    return (
        [] if region else ["AWS_DEFAULT_REGION: is not set (AWS_REGION alone is not read), nor does a profile say one"]
    )
