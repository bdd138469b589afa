//! Which names below a folder are manifests, and which are skipped, on a disk as in a revision. Knows names, no file.

use std::path::Path;

/// The files that kustomize reads itself.
pub(crate) const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The file that makes a folder a chart.
pub(crate) const CHART: &str = "Chart.yaml";

/// The endings of manifests.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// Whether an entry is skipped: it is hidden, kustomize's, or part of a chart.
pub(super) fn is_skipped(name: &str, is_in_a_chart: impl FnOnce() -> bool) -> bool {
    name.starts_with('.') || KUSTOMIZATIONS.contains(&name) || (is_of_a_chart(name) && is_in_a_chart())
}

/// Whether a file is a manifest by its name.
pub(super) fn has_manifest_ending(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

/// Which tool builds the folder that holds an entry of this name.
pub(super) fn tool_of(name: &str) -> Option<&'static str> {
    match name {
        CHART => Some("helm"),
        name => KUSTOMIZATIONS.contains(&name).then_some("kustomize"),
    }
}

/// Whether `name`, directly in a chart's folder, belongs to the chart.
fn is_of_a_chart(name: &str) -> bool {
    let is_values = name.starts_with("values") && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    is_values || [CHART, "requirements.yaml", "templates", "charts"].contains(&name)
}
