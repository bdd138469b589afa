//! The template that a resource came from: helm's `# Source:` comment, or the annotations that helm 4 and kustomize leave.

use std::sync::Arc;

use crate::yaml::tree::{NodeId, Tree};

const ANNOTATIONS: [&str; 3] =
    ["postrenderer.helm.sh/postrender-filename", "config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

/// The annotation that kustomize adds with `buildMetadata: [originAnnotations]`: YAML with the path of the file or the generator.
const ORIGIN: &str = "config.kubernetes.io/origin";

/// The file that a `# Source: chart/templates/x.yaml` line before the document's first content names. helm writes it first;
/// a template may contain such a comment of its own further down.
pub(super) fn of_comment(document: &str) -> Option<Arc<str>> {
    let mut before_content = document.lines().take_while(|line| line.is_empty() || line.starts_with(['#', '-']));
    before_content.find_map(|line| line.strip_prefix("# Source: ")).map(|path| Arc::from(path.trim()))
}

/// The file that an annotation names.
pub(super) fn of_annotations(tree: &Tree<'_>, metadata: Option<NodeId>) -> Option<Arc<str>> {
    let annotations = tree.get(metadata?, "annotations")?;
    let text = |name: &str| tree.text(tree.get(annotations, name)?);
    ANNOTATIONS.iter().find_map(|name| text(name)).or_else(|| written(text(ORIGIN)?)).map(Arc::from)
}

/// The file that the text of an origin annotation names: `path: base/web.yaml`, or `configuredIn: kustomization.yaml`.
fn written(origin: &str) -> Option<&str> {
    let value = |key: &str| origin.lines().find_map(|line| line.strip_prefix(key));
    value("path: ").or_else(|| value("configuredIn: ")).map(str::trim)
}
