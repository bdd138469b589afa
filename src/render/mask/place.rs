//! The fields that take less than their type says, by their place in an object: names, ports, addresses, what the API compares. No schema knows
//! these rules, as they stand in the code of the API server.

use super::choice::Members;
use super::class::{Class, QUANTITY};
use super::form::Form;
use super::public_format::PublicFormat;
use crate::manifest::Step;

/// The values that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Any text: the mark for people, or JSON.
    AnyText,
    /// A value of one form.
    Of(Form<'static>),
    /// A port's number, or its name.
    Port,
    /// A number, or a percentage.
    Share,
    /// An address of either kind.
    Address,
    /// A range of addresses of either kind.
    Range,
    /// A host, which may begin with `*.`.
    Host,
}

/// A field in resources of some kinds; without kinds, of all. In its path, `#` is any item, and a part with a `*` in it any key with
/// what stands around.
struct Row {
    kinds: &'static [&'static str],
    path: &'static str,
    want: Want,
}

const ANY: &[&str] = &[];
const SECRET: &[&str] = &["Secret"];
const CONTROLLERS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];
const LIMIT_RANGE: &[&str] = &["LimitRange"];

const fn row(kinds: &'static [&'static str], path: &'static str, want: Want) -> Row {
    Row { kinds, path, want }
}

const fn of(kinds: &'static [&'static str], path: &'static str, form: Form<'static>) -> Row {
    row(kinds, path, Want::Of(form))
}

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
const ROWS: &[Row] = &[
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
    of(ANY, "name", Form::Name),
    of(ANY, "*Name", Form::Name),
    of(ANY, "namespace", Form::Name),
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
    // Members of enums of which not all are valid beside the rest of the object.
    of(&["Job", "CronJob"], "restartPolicy", Form::OneOf(Members::Listed(&["Never", "OnFailure"]))),
    of(&["Pod"], "restartPolicy", Form::OneOf(Members::Listed(&["Always", "Never", "OnFailure"]))),
    of(CONTROLLERS, "restartPolicy", Form::Only("Always")),
    of(&["Service"], "spec/type", Form::OneOf(Members::Listed(&["LoadBalancer", "NodePort"]))),
    of(ANY, "imagePullPolicy", Form::OneOf(Members::Listed(&["Always", "IfNotPresent", "Never"]))),
    of(ANY, "pathType", Form::OneOf(Members::Listed(&["Exact", "ImplementationSpecific", "Prefix"]))),
    of(ANY, "concurrencyPolicy", Form::OneOf(Members::Listed(&["Allow", "Forbid", "Replace"]))),
    of(ANY, "ports/#/protocol", Form::OneOf(Members::Listed(&["SCTP", "TCP", "UDP"]))),
    // Booleans of which one value is valid beside whatever the object says.
    of(ANY, "securityContext/privileged", FALSE),
    of(ANY, "securityContext/allowPrivilegeEscalation", TRUE),
    of(ANY, "hostNetwork", FALSE),
    of(ANY, "hostPID", FALSE),
    of(ANY, "shareProcessNamespace", FALSE),
];

/// The values that the field at `steps` takes in a resource of `kind`; `None` if no row knows it.
pub(super) fn want(kind: &str, steps: &[Step<'_>]) -> Option<Want> {
    let is_of = |row: &&Row| (row.kinds.is_empty() || row.kinds.contains(&kind)) && ends_with(steps, row.path);
    ROWS.iter().find(is_of).map(|row| row.want)
}

/// Whether the last of `steps` are those of a path.
fn ends_with(steps: &[Step<'_>], path: &str) -> bool {
    let parts = path.split('/').rev();
    let mut steps = steps.iter().rev();
    parts.into_iter().all(|part| steps.next().is_some_and(|step| is_step(step, part)))
}

fn is_step(step: &Step<'_>, part: &str) -> bool {
    match (step, part.split_once('*')) {
        (Step::Item(_), _) => part == "#",
        (Step::Key(key), None) => key == part,
        (Step::Key(key), Some((before, behind))) => {
            key.len() >= before.len() + behind.len() && key.starts_with(before) && key.ends_with(behind)
        }
    }
}

impl Want {
    /// The form of the mask for a value of a class.
    pub(super) fn form(self, class: Class) -> Form<'static> {
        let is = |form| class == Class::Like(form);
        match self {
            Self::AnyText => class.json().unwrap_or(Form::Mark),
            Self::Of(form) => form,
            Self::Port if matches!(class, Class::Integer | Class::Unknown) => Form::Integer(1, 65_535),
            Self::Port => Form::PortName,
            Self::Share if is(Form::Percent) => Form::Percent,
            Self::Share => Form::INTEGER,
            Self::Address if is(Form::Ipv6) => Form::Ipv6,
            Self::Address => Form::Ipv4,
            Self::Range if is(Form::Cidr6) => Form::Cidr6,
            Self::Range => Form::Cidr4,
            Self::Host if is(Form::WildcardHost) => Form::WildcardHost,
            Self::Host => Form::Host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str) -> Vec<Step<'_>> {
        path.split('/').map(|part| part.parse().map_or(Step::Key(part.into()), Step::Item)).collect()
    }

    #[test]
    fn a_place_says_what_it_takes() {
        for (kind, path, expected) in [
            ("Secret", "data/.dockerconfigjson", Some(Want::Of(Form::Json(PublicFormat::DockerConfig)))),
            ("Secret", "stringData/password", Some(Want::AnyText)),
            ("Deployment", "spec/template/spec/containers/0/env/1/value", Some(Want::AnyText)),
            ("Deployment", "spec/template/metadata/labels/app", Some(Want::Of(Form::Name))),
            ("Deployment", "spec/template/spec/serviceAccountName", Some(Want::Of(Form::Name))),
            ("Service", "spec/ports/0/nodePort", Some(Want::Of(Form::Integer(30_000, 32_767)))),
            ("Service", "spec/ports/0/port", Some(Want::Port)),
            ("Service", "spec/ports/0/name", Some(Want::Of(Form::PortName))),
            ("Service", "spec/externalName", Some(Want::Host)),
            ("Ingress", "spec/rules/0/host", Some(Want::Host)),
            ("Pod", "spec/containers/0/resources/requests/hugepages-2Mi", Some(Want::Of(PAGES))),
            ("Custom", "spec/value", None),
            ("Service", "spec", None),
        ] {
            assert_eq!(want(kind, &field(path)), expected, "{kind} {path}");
        }
    }

    #[test]
    fn no_row_hides_another() {
        let step = |part: &'static str| match part {
            "#" => Step::Item(0),
            part => Step::Key(part.replace('*', "x").into()),
        };
        for (index, Row { kinds, path, .. }) in ROWS.iter().enumerate() {
            let steps: Vec<_> = path.split('/').map(step).collect();
            let kind = kinds.first().copied().unwrap_or("Custom");
            let first = ROWS
                .iter()
                .position(|row| (row.kinds.is_empty() || row.kinds.contains(&kind)) && ends_with(&steps, row.path));
            assert_eq!(first, Some(index), "{path}");
        }
    }
}
