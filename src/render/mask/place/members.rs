//! The fields that take one of few words. Where not every word is valid beside the rest of the object, only those that always are.

use super::{ANY, Row, Want, row};
use crate::render::mask::choice::Members;

const WORKLOADS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];

/// A field with its words.
const fn one_of(kinds: &'static [&'static str], path: &'static str, words: &'static [&'static str]) -> Row {
    row(kinds, path, Want::Word(&[], Members::Listed(words)))
}

/// A field whose word the key beside it decides, if there is one of those; its words otherwise.
const fn beside(
    path: &'static str,
    keys: &'static [(&'static str, &'static str)],
    words: &'static [&'static str],
) -> Row {
    row(ANY, path, Want::Word(keys, Members::Listed(words)))
}

/// The table. The first row that fits counts.
pub(super) const ROWS: &[Row] = &[
    one_of(ANY, "labels/pod-security.kubernetes.io~*-version", &["latest"]),
    one_of(ANY, "labels/pod-security.kubernetes.io~*", &["baseline", "privileged", "restricted"]),
    // Services.
    row(&["Service"], "spec/type", Want::Word(&[("externalName", "ExternalName")], Members::Listed(&["LoadBalancer"]))),
    one_of(ANY, "sessionAffinity", &["ClientIP"]),
    beside("externalTrafficPolicy", &[("healthCheckNodePort", "Local")], &["Cluster", "Local"]),
    one_of(ANY, "internalTrafficPolicy", &["Cluster", "Local"]),
    one_of(ANY, "ipFamilyPolicy", &["PreferDualStack", "SingleStack"]),
    one_of(ANY, "ports/#/protocol", &["SCTP", "TCP", "UDP"]),
    one_of(&["EndpointSlice"], "addressType", &["IPv4"]),
    // Pods and what makes them.
    one_of(&["Job", "CronJob"], "restartPolicy", &["Never", "OnFailure"]),
    one_of(&["Pod"], "restartPolicy", &["Always", "Never", "OnFailure"]),
    one_of(WORKLOADS, "restartPolicy", &["Always"]),
    one_of(ANY, "imagePullPolicy", &["Always", "IfNotPresent", "Never"]),
    one_of(ANY, "dnsPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default"]),
    one_of(ANY, "preemptionPolicy", &["Never", "PreemptLowerPriority"]),
    one_of(ANY, "terminationMessagePolicy", &["FallbackToLogsOnError", "File"]),
    one_of(ANY, "fsGroupChangePolicy", &["Always", "OnRootMismatch"]),
    one_of(ANY, "httpGet/scheme", &["HTTP", "HTTPS"]),
    one_of(ANY, "fieldRef/fieldPath", &["metadata.name", "metadata.namespace", "metadata.uid"]),
    one_of(ANY, "resourceFieldRef/resource", &["limits.cpu", "limits.memory", "requests.cpu", "requests.memory"]),
    one_of(ANY, "hostPath/type", &["Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]),
    beside("seccompProfile/type", &[("localhostProfile", "Localhost")], &["RuntimeDefault", "Unconfined"]),
    beside("tolerations/#/operator", &[("value", "Equal")], &["Exists"]),
    beside(
        "tolerations/#/effect",
        &[("tolerationSeconds", "NoExecute")],
        &["NoExecute", "NoSchedule", "PreferNoSchedule"],
    ),
    beside("matchExpressions/#/operator", &[], &["In", "NotIn"]),
    beside("whenUnsatisfiable", &[("minDomains", "DoNotSchedule")], &["DoNotSchedule", "ScheduleAnyway"]),
    beside("strategy/type", &[("rollingUpdate", "RollingUpdate")], &["Recreate", "RollingUpdate"]),
    beside("updateStrategy/type", &[("rollingUpdate", "RollingUpdate")], &["OnDelete", "RollingUpdate"]),
    one_of(ANY, "podManagementPolicy", &["OrderedReady", "Parallel"]),
    one_of(ANY, "concurrencyPolicy", &["Allow", "Forbid", "Replace"]),
    // Storage.
    one_of(ANY, "accessModes/#", &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"]),
    one_of(ANY, "volumeMode", &["Filesystem"]),
    one_of(ANY, "persistentVolumeReclaimPolicy", &["Delete", "Retain"]),
    one_of(ANY, "reclaimPolicy", &["Delete", "Retain"]),
    one_of(ANY, "volumeBindingMode", &["Immediate", "WaitForFirstConsumer"]),
    // Networks.
    one_of(ANY, "pathType", &["Exact", "ImplementationSpecific", "Prefix"]),
    one_of(ANY, "policyTypes/#", &["Egress", "Ingress"]),
    // Autoscalers and limits.
    beside(
        "metrics/#/type",
        &[
            ("resource", "Resource"),
            ("containerResource", "ContainerResource"),
            ("pods", "Pods"),
            ("object", "Object"),
            ("external", "External"),
        ],
        &["Resource"],
    ),
    beside(
        "target/type",
        &[("averageUtilization", "Utilization"), ("averageValue", "AverageValue"), ("value", "Value")],
        &["Utilization"],
    ),
    one_of(ANY, "policies/#/type", &["Percent", "Pods"]),
    one_of(&["LimitRange"], "limits/#/type", &["Container"]),
    one_of(ANY, "validations/#/reason", &["Forbidden", "Invalid"]),
    one_of(&["ResourceQuota"], "scopeName", &["PriorityClass"]),
    // Rights, webhooks and certificates.
    one_of(ANY, "roleRef/apiGroup", &["rbac.authorization.k8s.io"]),
    one_of(ANY, "subjects/#/apiGroup", &["rbac.authorization.k8s.io"]),
    // One of them must be known.
    one_of(ANY, "admissionReviewVersions/0", &["v1"]),
    one_of(ANY, "sideEffects", &["None", "NoneOnDryRun"]),
    one_of(ANY, "failurePolicy", &["Fail", "Ignore"]),
    one_of(ANY, "matchPolicy", &["Equivalent", "Exact"]),
    one_of(ANY, "reinvocationPolicy", &["IfNeeded", "Never"]),
    one_of(ANY, "*ules/#/operations/#", &["CREATE", "DELETE", "UPDATE"]),
    one_of(&["ValidatingAdmissionPolicyBinding"], "validationActions/#", &["Audit", "Deny", "Warn"]),
    one_of(ANY, "rules/#/scope", &["*", "Cluster", "Namespaced"]),
    one_of(&["CertificateSigningRequest"], "usages/#", &["client auth", "digital signature", "key encipherment"]),
];
