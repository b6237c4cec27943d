-- The doorbell: by it a CALL tells the executor through SNS that there may be work. An administrator makes it, once.
-- Params: -
CREATE NOTIFICATION INTEGRATION IF NOT EXISTS {{ integration }}
    TYPE = QUEUE
    DIRECTION = OUTBOUND
    NOTIFICATION_PROVIDER = AWS_SNS
    ENABLED = TRUE
    AWS_SNS_TOPIC_ARN = '{{ topic_arn }}'
    AWS_SNS_ROLE_ARN = '{{ role_arn }}'
