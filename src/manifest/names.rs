//! The fields that take only strings in every kind, custom ones too, by the names that Kubernetes gives them. What no schema knows is decided here.

use super::field::{FieldType, Step};

/// The type that names alone tell of the field at `steps` of a resource of `kind`.
pub(super) fn type_by_name(kind: &str, steps: &[Step<'_>]) -> FieldType {
    let text = |holds: bool| if holds { FieldType::Text } else { FieldType::Anything };
    match steps {
        [Step::Key(top), Step::Key(_)] if kind == "Secret" && top == "data" => FieldType::Data,
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
        use FieldType::{Anything, Data, Text};
        for (kind, path, expected) in [
            ("Secret", "data.k", Data),
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
            assert_eq!(type_by_name(kind, &field(path)), expected, "{kind} {path}");
        }
    }
}
