"""What the templates promise: safety and reliability, asserted on what they say.

Most of it is of types that no stand-in of AWS makes (test_cloudformation.py names them).
"""

import json
from collections.abc import Iterator
from typing import Any

from market.tenancy.names import host_names
from tests.deploy.stack_master import (
    ENVIRONMENTS,
    FOLDER,
    REGIONS,
    TEMPLATES,
    properties,
    resources,
    stacks,
)

HOSTS = host_names(
    domain="D",
    overrides={},
    slugs=[path.parent.name for path in (FOLDER.parent.parent / "sites").glob("*/site.toml")],
)


def walk(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from walk(part)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# -- safe --------------------------------------------------------------------------------------

DATA = ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::Backup::BackupVault", "AWS::RDS::DBCluster")


def test_data_outlives_its_stack():
    for template, name, resource in resources(*DATA):
        kept = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        expected = "Snapshot" if resource["Type"] == "AWS::RDS::DBCluster" else "Retain"
        assert kept == (expected, expected), f"{template}: {name}"
    policy = json.loads((FOLDER / "policies" / "keep_data.json").read_text())
    kept_types = policy["Statement"][1]["Condition"]["StringEquals"]["ResourceType"]
    assert set(DATA) <= set(kept_types)


def test_buckets_are_private_versioned_encrypted_and_refuse_plain_http():
    policies = {
        (template, resource["Properties"]["Bucket"]["Ref"]): resource["Properties"]
        for template, _, resource in resources("AWS::S3::BucketPolicy")
    }
    for template, name, resource in resources("AWS::S3::Bucket"):
        bucket = resource["Properties"]
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert any("AbortIncompleteMultipartUpload" in rule for rule in rules), name
        deny = policies[template, name]["PolicyDocument"]["Statement"][0]
        assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "s3:*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(deny["Resource"]) == 2


def test_what_is_served_or_started_does_not_end_by_its_age():
    for name in ("FilesBucket", "StaticBucket", "BundlesBucket"):
        rules = properties("storage", name)["LifecycleConfiguration"]["Rules"]
        assert not [rule for rule in rules if "ExpirationInDays" in rule], name


def test_files_are_copied_to_the_second_region_and_deletions_are_not():
    rule = properties("storage", "FilesBucket")["ReplicationConfiguration"]["Rules"][0]

    assert rule["Filter"] == {"Prefix": ""}
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert rule["Destination"]["Bucket"] == {"Ref": "FilesCopyBucketArn"}
    assert REGIONS["recovery"] not in (REGIONS["production"], REGIONS["staging"])


def test_only_amazons_list_of_cloudfront_may_come_in():
    for template, name, resource in resources("AWS::EC2::SecurityGroup"):
        for rule in resource["Properties"].get("SecurityGroupIngress", []):
            source = {key for key in rule if key.startswith(("Cidr", "Source"))}
            assert rule.get("CidrIp") not in ("0.0.0.0/0", "::/0"), f"{template}: {name}"
            assert (rule["FromPort"], rule["ToPort"]) != (22, 22)
            assert source <= {"SourceSecurityGroupId", "SourcePrefixListId", "CidrIp"}
            if "SourcePrefixListId" in source:
                assert (name, rule["FromPort"]) == ("LoadBalancerSecurityGroup", 443)
        assert resource["Properties"].get("SecurityGroupEgress"), f"{name} lets everything out"


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of every policy that says what a role may do."""
    for template, name, resource in resources("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
        inline = resource["Properties"].get("Policies", [resource["Properties"]])
        for policy in inline:
            for statement in policy.get("PolicyDocument", {}).get("Statement", []):
                yield f"{template}: {name}", statement


# Actions that AWS cannot limit to a resource, or that are limited by their condition.
ON_ANYTHING = {
    "autoscaling:DescribeAutoScalingGroups",
    "cloudwatch:PutMetricData",
    "codedeploy-commands-secure:GetDeploymentSpecification",
    "codedeploy-commands-secure:PollHostCommand",
    "codedeploy-commands-secure:PutHostCommandAcknowledgement",
    "codedeploy-commands-secure:PutHostCommandComplete",
    "ssm:GetCommandInvocation",
}


def test_roles_may_do_what_is_named_on_what_is_named():
    for where, statement in statements():
        actions = as_list(statement["Action"])
        assert not [action for action in actions if "*" in action], where
        if "*" in as_list(statement["Resource"]) and "DatadogRole" not in where:
            assert set(actions) <= ON_ANYTHING, where
    reading = ("Describe", "Get", "List", "View", "BatchGet")
    datadog = next(one for where, one in statements() if "DatadogRole" in where)
    assert all(action.split(":")[1].startswith(reading) for action in datadog["Action"])
    assert not {"s3:GetObject", "secretsmanager:GetSecretValue"} & set(datadog["Action"])


def test_services_become_a_role_only_for_our_own_account():
    for template, name, resource in resources("AWS::IAM::Role"):
        (trust,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        service = trust["Principal"].get("Service")
        if service not in (None, "ec2.amazonaws.com"):
            assert "aws:SourceAccount" in trust["Condition"]["StringEquals"], f"{template}: {name}"
    trust = properties("account", "DatadogRole")["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"sts:ExternalId": {"Ref": "DatadogExternalId"}}


def test_only_the_tools_host_reads_the_secret_of_who_changes_tables():
    readers = {
        name
        for template, name, resource in resources("AWS::IAM::Role")
        if {"Ref": "DatabaseMigrateSecretArn"} in list(walk(resource))
    }

    assert readers == {"ToolsRole"}


def test_hosts_answer_metadata_by_version_two_alone_and_their_disks_are_encrypted():
    for _, name, resource in resources("AWS::EC2::LaunchTemplate"):
        launched = resource["Properties"]["LaunchTemplateData"]
        assert launched["MetadataOptions"]["HttpTokens"] == "required", name
        assert launched["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
        assert launched["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
        assert "KeyName" not in launched


def test_hosts_get_every_setting_that_production_must_have():
    guide = (FOLDER.parent.parent / "docs" / "operators" / "README.md").read_text(encoding="utf-8")
    _, _, table = guide.partition("## Environment")
    must = {
        word.strip("*`, ")
        for line in table.splitlines()
        if line.startswith("| **")
        for word in line.split("|")[1].split(",")
        if "**" in word
    }

    for name in ("Web", "Worker", "Tools"):
        data = properties("compute", f"{name}Template")["LaunchTemplateData"]["UserData"]
        text = data["Fn::Base64"]["Fn::Sub"]
        assert not [one for one in must if f'\n{one}="' not in text], name
        # CloudFront and the load balancer each append an address.
        assert 'TRUSTED_PROXIES="2"' in text
        assert "ssl_ca=" in text
        assert "rediss://" in text


# -- reliable ----------------------------------------------------------------------------------


def test_the_database_survives_a_zone_and_a_mistake():
    cluster = properties("database", "Cluster")
    instances = [one["Properties"] for _, _, one in resources("AWS::RDS::DBInstance")]

    assert [one["AvailabilityZone"]["Fn::Select"][0] for one in instances] == [0, 1, 2]
    assert {one["PubliclyAccessible"] for one in instances} == {False}
    assert sorted(one["PromotionTier"] for one in instances) == [0, 1, 1]
    assert cluster["DeletionProtection"] is cluster["StorageEncrypted"] is True
    assert cluster["BacktrackWindow"] == {"Ref": "BacktrackSeconds"}
    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster
    for stack in (one for name in ENVIRONMENTS for one in stacks(name)):
        if stack.template == "database":
            given = stack.parameters()
            assert given["BackupDays"] >= 7
            assert 0 < given["BacktrackSeconds"] <= 72 * 3600
            assert given["EngineVersion"].startswith("8.0.mysql_aurora.3.")


def test_the_database_demands_what_the_application_rests_on():
    parameters = properties("database", "ClusterParameters")["Parameters"]
    # Aurora lists these among those of an instance.
    instance = properties("database", "InstanceParameters")["Parameters"]

    assert parameters["require_secure_transport"] == "ON"
    assert instance["transaction_isolation"] == "READ-COMMITTED"
    assert parameters["character_set_server"] == "utf8mb4"
    assert instance["wait_timeout"] == "30"
    # Backtracking cannot be used beside the binary log.
    assert parameters["binlog_format"] == "OFF"


def test_redis_has_two_replicas_tls_and_a_token_by_reference():
    redis = properties("cache", "Redis")

    assert (redis["ClusterMode"], redis["NumCacheClusters"]) == ("disabled", 3)
    assert redis["MultiAZEnabled"] is redis["AutomaticFailoverEnabled"] is True
    assert redis["AtRestEncryptionEnabled"] is redis["TransitEncryptionEnabled"] is True
    assert redis["TransitEncryptionMode"] == "required"
    assert redis["AuthToken"]["Fn::Sub"].startswith("{{resolve:secretsmanager:")
    assert redis["LogDeliveryConfigurations"][0]["LogType"] == "slow-log"


def test_secrets_of_the_database_rotate_and_its_application_keeps_the_older_user():
    rotations = {
        name: resource["Properties"]["HostedRotationLambda"]["RotationType"]
        for _, name, resource in resources("AWS::SecretsManager::RotationSchedule")
    }

    assert rotations == {
        "AppSecretRotation": "MySQLMultiUser",
        "MigrateSecretRotation": "MySQLSingleUser",
    }
    made = properties("database", "DatabaseAppSecret")["GenerateSecretString"]
    # Without it Amazon's function does not know whose rights to take.
    assert '"masterarn": "${Cluster.MasterUserSecret' in made["SecretStringTemplate"]["Fn::Sub"]
    assert TEMPLATES["database"]["Transform"] == "AWS::SecretsManager-2024-09-16"


def test_the_load_balancer_asks_each_host_about_itself_alone():
    targets = properties("load_balancer", "WebTargets")
    drain = (FOLDER.parent / "drain").read_text(encoding="utf-8")

    assert targets["HealthCheckPath"] == "/health/ready"
    unseen = targets["HealthCheckIntervalSeconds"] * targets["UnhealthyThresholdCount"]
    assert f"DRAIN_SECONDS:-{unseen}" in drain
    attributes = {one["Key"]: one["Value"] for one in targets["TargetGroupAttributes"]}
    assert attributes["deregistration_delay.timeout_seconds"] == "30"


def test_the_load_balancer_and_cloudfront_know_every_host_name_and_no_other():
    rules = [
        one["Properties"] for _, _, one in resources("AWS::ElasticLoadBalancingV2::ListenerRule")
    ]
    values = [
        value["Fn::Sub"].replace("${Domain}", "D").lower()
        for rule in rules
        for value in rule["Conditions"][0]["HostHeaderConfig"]["Values"]
    ]
    expected = sorted(HOSTS.values())

    assert sorted(values) == expected
    for rule in rules:
        # AWS allows five values a rule; the last condition is our distribution's key.
        assert len(rule["Conditions"][0]["HostHeaderConfig"]["Values"]) <= 4
        assert rule["Conditions"][1]["HttpHeaderConfig"]["HttpHeaderName"] == "X-Origin-Key"
    sites = properties("edge", "Sites")["DistributionConfig"]
    assert sorted(one["Fn::Sub"].replace("${Domain}", "d") for one in sites["Aliases"]) == expected
    fixed = properties("load_balancer", "Https")["DefaultActions"][0]["FixedResponseConfig"]
    assert fixed["StatusCode"] == "421"


def test_hosts_drain_and_groups_grow_by_requests_and_by_the_age_of_jobs():
    policies = {
        name: one["Properties"]["TargetTrackingConfiguration"]
        for _, name, one in resources("AWS::AutoScaling::ScalingPolicy")
    }
    for name in ("WebGroup", "WorkerGroup"):
        group = properties("compute", name)
        assert group["HealthCheckGracePeriod"] >= 600
        assert group["InstanceMaintenancePolicy"]["MinHealthyPercentage"] == 100
        assert len(group["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]) == 3
        hooks = {
            hook["LifecycleTransition"]: hook["DefaultResult"]
            for hook in group["LifecycleHookSpecificationList"]
        }
        assert hooks == {
            "autoscaling:EC2_INSTANCE_LAUNCHING": "ABANDON",
            "autoscaling:EC2_INSTANCE_TERMINATING": "CONTINUE",
        }

    predefined = policies["WebByRequests"]["PredefinedMetricSpecification"]
    assert predefined["PredefinedMetricType"] == "ALBRequestCountPerTarget"
    metric = policies["WorkersByQueueAge"]["CustomizedMetricSpecification"]
    told = (FOLDER.parent / "image" / "files" / "market-queue-age").read_text(encoding="utf-8")
    assert f"--namespace {metric['Namespace']} --metric-name {metric['MetricName']}" in told


def test_a_deployment_stops_on_alarms_that_exist_and_rolls_back():
    for _, name, resource in resources("AWS::CodeDeploy::DeploymentGroup"):
        group = resource["Properties"]
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert set(group["AutoRollbackConfiguration"]["Events"]) >= {
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_ALARM",
        }
        assert group["AlarmConfiguration"]["Alarms"], name
        for alarm in group["AlarmConfiguration"]["Alarms"]:
            output = TEMPLATES["alarms"]["Outputs"][alarm["Name"]["Ref"]]["Value"]["Ref"]
            assert TEMPLATES["alarms"]["Resources"][output]["Type"] == "AWS::CloudWatch::Alarm"


def test_every_alarm_tells_somebody():
    alarms = resources("AWS::CloudWatch::Alarm")
    for _, name, resource in alarms:
        (action,) = resource["Properties"]["AlarmActions"]
        assert action["Ref"] in ("PageTopicArn", "TicketTopicArn"), name
        assert resource["Properties"]["OKActions"] == [action]
        assert (
            resource["Properties"]["DatapointsToAlarm"]
            <= resource["Properties"]["EvaluationPeriods"]
        )
    paging = {
        name for _, name, one in alarms if "Page" in json.dumps(one["Properties"]["AlarmActions"])
    }
    assert paging >= {"ServerErrors", "SlowAnswers", "NoHealthyHost", "JobsWait", "DatabaseGone"}


def test_the_firewall_lets_authors_upload_and_write_markup():
    rules = {rule["Name"]: rule for rule in properties("edge_global", "Firewall")["Rules"]}
    common = rules["common-attacks"]["Statement"]["ManagedRuleGroupStatement"]

    counted = {
        one["Name"] for one in common["RuleActionOverrides"] if "Count" in one["ActionToUse"]
    }
    assert counted == {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"}
    assert "RateBasedStatement" in rules["too-many-requests"]["Statement"]
    assert len({rule["Priority"] for rule in rules.values()}) == len(rules)


def test_cloudfront_reaches_previews_and_static_files_and_nothing_else():
    for name, folder in (("FilesBucketPolicy", "previews"), ("StaticBucketPolicy", "static")):
        allowed = [
            one
            for one in properties("storage", name)["PolicyDocument"]["Statement"]
            if one["Effect"] == "Allow"
        ]
        assert [one["Action"] for one in allowed] == ["s3:GetObject"]
        assert allowed[0]["Resource"]["Fn::Sub"].endswith(f"/{folder}/*")
    previews = properties("edge", "Previews")["DistributionConfig"]
    assert previews["Origins"][0]["OriginAccessControlId"] == {"Ref": "BucketAccess"}
    assert previews["DefaultCacheBehavior"]["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]


def test_backups_are_copied_to_the_second_region():
    for rule in properties("backup", "Plan")["BackupPlan"]["BackupPlanRule"]:
        assert rule["CopyActions"][0]["DestinationBackupVaultArn"] == {"Ref": "CopyVaultArn"}
    selected = properties("backup", "Selection")["BackupSelection"]
    assert selected["Resources"] == [{"Ref": "ClusterArn"}]
