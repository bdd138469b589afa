//! The fields of a resource, and the type that Kubernetes expects in each.

use std::borrow::Cow;
use std::fmt;

/// One step down a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// To a map's value.
    Key(Cow<'t, str>),
    /// To a list's item.
    Item(usize),
}

/// A field by its steps from the resource down; displayed as `spec.containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field<'t> {
    /// The keys and indices from the resource down to the value.
    pub steps: Vec<Step<'t>>,
}

/// The type of value that Kubernetes accepts in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A value of any type.
    Anything,
    /// Strings only.
    Text,
    /// Base64, in a string: a Secret's `data`.
    Base64,
}

impl Field<'_> {
    /// A copy that owns its keys.
    pub fn into_owned(self) -> Field<'static> {
        let own = |step| match step {
            Step::Key(key) => Step::Key(Cow::Owned(key.into_owned())),
            Step::Item(index) => Step::Item(index),
        };
        Field { steps: self.steps.into_iter().map(own).collect() }
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Item(item) => write!(f, "[{item}]")?,
                Step::Key(key) if key.contains(['.', '/', '[', ' ']) => write!(f, "[\"{key}\"]")?,
                Step::Key(key) if index == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// The type that a resource of `kind` accepts in the field at `steps`.
pub(crate) fn field_type(kind: &str, steps: &[Step<'_>]) -> FieldType {
    let text = |holds: bool| if holds { FieldType::Text } else { FieldType::Anything };
    match steps {
        [Step::Key(top), Step::Key(_)] if kind == "Secret" && top == "data" => FieldType::Base64,
        [Step::Key(top), Step::Key(_)] if kind == "Secret" && top == "stringData" => FieldType::Text,
        [Step::Key(top), Step::Key(_)] if kind == "ConfigMap" && (top == "data" || top == "binaryData") => {
            FieldType::Text
        }
        [Step::Key(spec), Step::Key(selector), Step::Key(_)]
            if kind == "Service" && spec == "spec" && selector == "selector" =>
        {
            FieldType::Text
        }
        [.., Step::Key(map), Step::Key(key)] => text(named_field(map, key) || named_map(steps, map)),
        [holder @ .., Step::Key(list), Step::Item(_)] if list == "command" => {
            text(is_container(kind, holder) || matches!(holder, [.., Step::Key(probe)] if probe == "exec"))
        }
        [holder @ .., Step::Key(list), Step::Item(_)] if list == "args" => text(is_container(kind, holder)),
        [.., Step::Key(list), Step::Item(_), Step::Key(key)] => text(list == "env" && key == "value"),
        _ => FieldType::Anything,
    }
}

/// The fields of Kubernetes' own kinds that take an integer, wherever they stand.
const INTEGERS: &[&str] = &[
    "activeDeadlineSeconds",
    "averageUtilization",
    "backoffLimit",
    "completions",
    "containerPort",
    "failureThreshold",
    "fsGroup",
    "hostPort",
    "initialDelaySeconds",
    "maxReplicas",
    "minReadySeconds",
    "minReplicas",
    "nodePort",
    "parallelism",
    "periodSeconds",
    "port",
    "progressDeadlineSeconds",
    "replicas",
    "revisionHistoryLimit",
    "runAsGroup",
    "runAsUser",
    "successThreshold",
    "terminationGracePeriodSeconds",
    "timeoutSeconds",
    "ttlSecondsAfterFinished",
];

/// Whether a resource with an API of this group takes an integer in the field at `steps`; `false` where that is not known.
pub(crate) fn takes_integer(group: &str, steps: &[Step<'_>]) -> bool {
    let is_built_in = !group.contains('.') || group.ends_with(".k8s.io");
    is_built_in && matches!(steps, [.., Step::Key(name)] if INTEGERS.contains(&&**name))
}

/// Whether the field is `metadata.name`, `metadata.namespace` or `metadata.generateName`.
fn named_field(map: &str, key: &str) -> bool {
    map == "metadata" && matches!(key, "name" | "namespace" | "generateName")
}

/// Whether the field is a member of `metadata.labels`, `metadata.annotations`, `matchLabels` or `nodeSelector`.
fn named_map(steps: &[Step<'_>], map: &str) -> bool {
    match map {
        "matchLabels" | "nodeSelector" => true,
        "labels" | "annotations" => matches!(steps, [.., Step::Key(parent), _, _] if parent == "metadata"),
        _ => false,
    }
}

/// The lists that hold containers, in every kind.
const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];

/// The further fields that hold one container or a list of them in an Argo workflow.
const WORKFLOW_CONTAINERS: &[&str] = &["container", "script", "sidecars"];

const WORKFLOWS: &[&str] = &["Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate"];

/// Whether the steps lead to a container.
fn is_container(kind: &str, steps: &[Step<'_>]) -> bool {
    match steps {
        [.., Step::Key(list), Step::Item(_)] if CONTAINERS.contains(&&**list) => true,
        [.., Step::Key(name)] | [.., Step::Key(name), Step::Item(_)] => {
            WORKFLOWS.contains(&kind) && WORKFLOW_CONTAINERS.contains(&&**name)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str) -> Vec<Step<'_>> {
        path.split('.').map(|part| part.parse().map_or(Step::Key(part.into()), Step::Item)).collect()
    }

    #[test]
    fn fields_take_what_kubernetes_takes() {
        use FieldType::{Anything, Base64, Text};
        for (kind, path, expected) in [
            ("Secret", "data.k", Base64),
            ("Secret", "stringData.k", Text),
            ("Secret", "spec.data.k", Anything),
            ("ConfigMap", "data.k", Text),
            ("Custom", "data.k", Anything),
            ("Service", "spec.selector.app", Text),
            ("Service", "spec.ports.0.port", Anything),
            ("Custom", "metadata.name", Text),
            ("Custom", "metadata.labels.a", Text),
            ("Custom", "spec.labels.a", Anything),
            ("Deployment", "spec.template.metadata.annotations.a", Text),
            ("Deployment", "spec.selector.matchLabels.a", Text),
            ("Deployment", "spec.template.spec.nodeSelector.a", Text),
            ("Deployment", "spec.template.spec.containers.0.env.1.value", Text),
            ("Deployment", "spec.template.spec.containers.0.args.1", Text),
            ("Deployment", "spec.template.spec.initContainers.0.command.1", Text),
            ("Deployment", "spec.template.spec.containers.0.livenessProbe.exec.command.1", Text),
            ("Deployment", "spec.replicas", Anything),
            ("Custom", "spec.args.1", Anything),
            ("Workflow", "spec.templates.0.container.args.1", Text),
            ("CronWorkflow", "spec.workflowSpec.templates.0.script.command.0", Text),
            ("WorkflowTemplate", "spec.templates.0.sidecars.0.args.1", Text),
            ("ClusterWorkflowTemplate", "spec.templates.0.containerSet.containers.0.args.1", Text),
            ("Workflow", "spec.templates.0.container.resources.limits.cpu", Anything),
            ("Workflow", "spec.templates.0.dag.args.1", Anything),
            ("Custom", "spec.container.args.1", Anything),
        ] {
            assert_eq!(field_type(kind, &field(path)), expected, "{kind} {path}");
        }
    }

    #[test]
    fn a_field_reads_as_kubectl_writes_it() {
        let steps = vec![
            Step::Key("metadata".into()),
            Step::Key("annotations".into()),
            Step::Key("a.b/c".into()),
            Step::Item(0),
        ];
        assert_eq!(Field { steps }.to_string(), "metadata.annotations[\"a.b/c\"][0]");
    }
}
