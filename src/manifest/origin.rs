//! Which template a resource came from: helm's `# Source:` comment, or the annotations that helm 4 and kustomize leave.

use std::sync::Arc;

use crate::yaml::tree::{NodeId, Tree};

const ANNOTATIONS: [&str; 3] =
    ["postrenderer.helm.sh/postrender-filename", "config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

/// The file that a `# Source: chart/templates/x.yaml` line before the document's first content names. helm writes it first of
/// all; a template may have such a comment of its own.
pub(super) fn of_comment(document: &str) -> Option<Arc<str>> {
    let mut before_content = document.lines().take_while(|line| line.is_empty() || line.starts_with(['#', '-']));
    before_content.find_map(|line| line.strip_prefix("# Source: ")).map(|path| Arc::from(path.trim()))
}

/// The file that an annotation names.
pub(super) fn of_annotations(tree: &Tree<'_>, metadata: Option<NodeId>) -> Option<Arc<str>> {
    let annotations = tree.get(metadata?, "annotations")?;
    ANNOTATIONS.iter().find_map(|name| tree.text(tree.get(annotations, name)?)).map(Arc::from)
}
