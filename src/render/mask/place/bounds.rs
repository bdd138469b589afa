//! The fields that take less text, or fewer numbers, than their type says.

use super::{ANY, Row, SECRET, Want, of, row};
use crate::render::mask::class::QUANTITY;
use crate::render::mask::form::Form;
use crate::render::mask::public_format::PublicFormat;

const POLICY: &[&str] = &["ValidatingAdmissionPolicy"];
const LIMIT_RANGE: &[&str] = &["LimitRange"];

/// Requests, below all quantities that people write, and limits, above them: requests are at most limits, whichever of the two is masked.
const LITTLE_CPU: Form<'static> = Form::Quantity(1, 999_999, "n");
const MUCH_CPU: Form<'static> = Form::Quantity(1_000_000, 999_999_999, "");
const FEW_BYTES: Form<'static> = Form::Quantity(1, 999_999, "");
const MANY_BYTES: Form<'static> = Form::Quantity(1_000_000, 999_999_999, "Mi");
/// A number of whole pages, whatever their size.
const PAGES: Form<'static> = Form::Quantity(1, 9_999, "Gi");

const TRUE: Form<'static> = Form::Only("true");
const FALSE: Form<'static> = Form::Only("false");

/// The table. The first row that fits counts.
pub(super) const ROWS: &[Row] = &[
    // Any text.
    of(SECRET, "data/.dockerconfigjson", Form::Json(PublicFormat::DockerConfig)),
    of(SECRET, "stringData/.dockerconfigjson", Form::Json(PublicFormat::DockerConfig)),
    of(SECRET, "data/.dockercfg", Form::Json(PublicFormat::DockerCfg)),
    of(SECRET, "stringData/.dockercfg", Form::Json(PublicFormat::DockerCfg)),
    row(SECRET, "data/*", Want::AnyText),
    row(SECRET, "stringData/*", Want::AnyText),
    row(&["ConfigMap"], "data/*", Want::AnyText),
    row(&["ConfigMap"], "binaryData/*", Want::AnyText),
    row(ANY, "metadata/annotations/*", Want::AnyText),
    row(ANY, "env/#/value", Want::AnyText),
    row(ANY, "args/#", Want::AnyText),
    row(ANY, "command/#", Want::AnyText),
    row(ANY, "image", Want::AnyText),
    // Values of labels, and names.
    of(ANY, "metadata/labels/*", Form::Name),
    of(ANY, "matchLabels/*", Form::Name),
    of(ANY, "nodeSelector/*", Form::Name),
    of(&["Service", "ReplicationController"], "spec/selector/*", Form::Name),
    of(ANY, "matchExpressions/#/values/#", Form::Name),
    of(ANY, "matchExpressions/#/key", Form::Name),
    of(ANY, "tolerations/#/value", Form::Name),
    of(ANY, "tolerations/#/key", Form::Name),
    of(ANY, "taints/#/value", Form::Name),
    of(ANY, "topologyKey", Form::Name),
    of(ANY, "ports/#/name", Form::PortName),
    of(ANY, "port/name", Form::PortName),
    of(ANY, "webhooks/#/name", Form::Domain),
    row(ANY, "externalName", Want::Host),
    of(ANY, "signerName", Form::QualifiedPath),
    of(POLICY, "variables/#/name", Form::Identifier),
    of(ANY, "name", Form::Name),
    of(ANY, "*Name", Form::Name),
    of(ANY, "namespace", Form::Name),
    of(ANY, "appProtocol", Form::Name),
    of(&["StorageClass"], "provisioner", Form::Name),
    of(POLICY, "validations/#/expression", Form::Condition),
    of(POLICY, "validations/#/messageExpression", Form::Expression),
    of(POLICY, "variables/#/expression", Form::Expression),
    of(ANY, "matchConditions/#/expression", Form::Condition),
    of(ANY, "admissionReviewVersions/#", Form::Name),
    of(ANY, "hostname", Form::Name),
    of(ANY, "subdomain", Form::Name),
    of(ANY, "secretKeyRef/key", Form::Name),
    of(ANY, "configMapKeyRef/key", Form::Name),
    of(ANY, "items/#/key", Form::Name),
    of(ANY, "items/#/path", Form::Name),
    of(ANY, "subPath", Form::Name),
    // Paths.
    of(ANY, "mountPath", Form::Path),
    of(ANY, "devicePath", Form::Path),
    of(ANY, "workingDir", Form::Path),
    of(ANY, "terminationMessagePath", Form::Path),
    of(ANY, "hostPath/path", Form::Path),
    of(ANY, "httpGet/path", Form::Path),
    of(ANY, "nfs/path", Form::Path),
    of(ANY, "local/path", Form::Path),
    of(ANY, "paths/#/path", Form::Path),
    // Ports.
    of(ANY, "nodePort", Form::Integer(30_000, 32_767)),
    of(ANY, "healthCheckNodePort", Form::Integer(30_000, 32_767)),
    of(ANY, "containerPort", Form::Integer(1, 65_535)),
    of(ANY, "hostPort", Form::Integer(1, 65_535)),
    of(ANY, "endPort", Form::Integer(1, 65_535)),
    of(ANY, "port/number", Form::Integer(1, 65_535)),
    row(ANY, "port", Want::Port),
    row(ANY, "targetPort", Want::Port),
    // Hosts and addresses.
    row(ANY, "rules/#/host", Want::Host),
    row(ANY, "hosts/#", Want::Host),
    row(ANY, "hostnames/#", Want::Host),
    row(ANY, "dnsNames/#", Want::Host),
    of(ANY, "clientConfig/url", Form::Url),
    of(&["IngressClass"], "spec/controller", Form::QualifiedPath),
    of(ANY, "clusterIP", Form::ServiceIp),
    of(ANY, "clusterIPs/#", Form::ServiceIp),
    row(ANY, "externalIPs/#", Want::Address),
    row(ANY, "loadBalancerIP", Want::Address),
    row(ANY, "hostAliases/#/ip", Want::Address),
    row(ANY, "nameservers/#", Want::Address),
    row(&["Endpoints"], "addresses/#/ip", Want::Address),
    row(ANY, "loadBalancerSourceRanges/#", Want::Range),
    row(ANY, "cidr", Want::Range),
    row(ANY, "podCIDR", Want::Range),
    // Times.
    of(ANY, "schedule", Form::Cron),
    of(ANY, "timeZone", Form::TimeZone),
    // Quantities.
    of(ANY, "requests/cpu", LITTLE_CPU),
    of(ANY, "limits/cpu", MUCH_CPU),
    of(ANY, "requests/memory", FEW_BYTES),
    of(ANY, "limits/memory", MANY_BYTES),
    of(ANY, "requests/ephemeral-storage", FEW_BYTES),
    of(ANY, "limits/ephemeral-storage", MANY_BYTES),
    of(ANY, "requests/storage", FEW_BYTES),
    of(ANY, "limits/storage", MANY_BYTES),
    of(ANY, "requests/hugepages-*", PAGES),
    of(ANY, "limits/hugepages-*", PAGES),
    of(ANY, "requests/*", QUANTITY),
    of(ANY, "limits/*", QUANTITY),
    of(LIMIT_RANGE, "min/cpu", LITTLE_CPU),
    of(LIMIT_RANGE, "min/*", FEW_BYTES),
    of(LIMIT_RANGE, "max/cpu", MUCH_CPU),
    of(LIMIT_RANGE, "max/*", MANY_BYTES),
    of(ANY, "hard/*", QUANTITY),
    of(ANY, "capacity/*", QUANTITY),
    of(ANY, "sizeLimit", QUANTITY),
    of(ANY, "averageValue", QUANTITY),
    of(ANY, "divisor", Form::Only("1")),
    // Numbers with bounds.
    row(ANY, "maxSurge", Want::Share),
    row(ANY, "maxUnavailable", Want::Share),
    row(ANY, "minAvailable", Want::Share),
    of(ANY, "weight", Form::Integer(1, 100)),
    of(ANY, "averageUtilization", Form::Integer(1, 100)),
    of(ANY, "timeoutSeconds", Form::Integer(1, 30)),
    of(ANY, "livenessProbe/successThreshold", Form::Integer(1, 1)),
    of(ANY, "startupProbe/successThreshold", Form::Integer(1, 1)),
    of(ANY, "policies/#/periodSeconds", Form::Integer(1, 1_800)),
    of(ANY, "stabilizationWindowSeconds", Form::Integer(1, 3_600)),
    of(ANY, "expirationSeconds", Form::Integer(600, 1 << 31)),
    of(ANY, "defaultMode", Form::Integer(0, 0o777)),
    of(ANY, "mode", Form::Integer(0, 0o777)),
    of(ANY, "completions", Form::Integer(1, 100_000)),
    of(ANY, "parallelism", Form::Integer(1, 100_000)),
    of(ANY, "groupPriorityMinimum", Form::Integer(1, 20_000)),
    of(ANY, "versionPriority", Form::Integer(1, 1_000)),
    of(ANY, "matchingPrecedence", Form::Integer(1, 10_000)),
    of(&["PriorityClass"], "value", Form::Integer(1, 1_000_000_000)),
    // Booleans of which one value is valid beside whatever the object says.
    of(ANY, "securityContext/privileged", FALSE),
    of(ANY, "securityContext/allowPrivilegeEscalation", TRUE),
    of(ANY, "hostNetwork", FALSE),
    of(ANY, "hostPID", FALSE),
    of(ANY, "shareProcessNamespace", FALSE),
];
