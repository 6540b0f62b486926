"""What both hooks do: ask the function, and tell CodeDeploy whether it is well."""

import json

import boto3


def judge(event, function):
    """Lets the deployment go on only if `function` answers to a request for its health."""
    request = {"rawPath": "/health"}
    answer = boto3.client("lambda").invoke(FunctionName=function, Payload=json.dumps(request))
    status = json.load(answer["Payload"]).get("statusCode")
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded" if status == 200 else "Failed",
    )
