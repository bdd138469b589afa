//! What a text of a repository is, by its name, the folders around it and how it begins a line: a manifest, YAML that helm or kustomize
//! reads, or neither. Parses nothing.

use std::path::{Component, Path, PathBuf};

use super::marker::is_marked;
use super::names::{CHART, KUSTOMIZATIONS, has_manifest_ending};
use super::repository::{Repository, without_dots};
use crate::workspace::Workspace;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// A manifest, or YAML and JSON that may be one.
    Manifest,
    /// A kustomization, or values of a chart: YAML whose content ends up in manifests.
    ToolInput,
    /// A chart's template: text that helm makes manifests of.
    Template,
    /// Anything else: scripts, settings of other programs.
    Other,
}

/// The folder of a chart that holds templates, and the one that holds further charts.
const TEMPLATES: &str = "templates";
const CHARTS: &str = "charts";

/// Tells what the texts of a repository are.
pub(super) struct TextKinds {
    /// The working folder.
    folder: PathBuf,
    /// The repository around it.
    root: PathBuf,
}

impl TextKinds {
    pub(super) fn new(workspace: &Workspace) -> Self {
        let folder = workspace.folder.canonicalize().unwrap_or_else(|_| workspace.folder.clone());
        Self { folder, root: Repository::around(&workspace.folder, workspace).root }
    }

    /// What the file is that a user types as `name`.
    pub(super) fn of(&self, name: &Path, bytes: &[u8]) -> TextKind {
        let place = without_dots(&self.folder.join(name));
        let file = place.file_name().unwrap_or_default().to_string_lossy();
        if KUSTOMIZATIONS.contains(&&*file) {
            return TextKind::ToolInput;
        }
        if is_marked(bytes) {
            return TextKind::Other;
        }
        let chart = self.chart(&place).map(|chart| place.strip_prefix(chart).unwrap_or(&place));
        if !has_manifest_ending(&place) {
            let is_helper = place.extension().is_some_and(|ending| ending == "tpl");
            return match chart {
                Some(below) if is_helper && below.starts_with(TEMPLATES) => TextKind::Template,
                _ => manifest_if(place.extension().is_none() && begins_like_a_manifest(bytes)),
            };
        }
        match chart {
            Some(below) if below.starts_with(TEMPLATES) => TextKind::Template,
            Some(below) if below.starts_with(CHARTS) => TextKind::Other,
            Some(_) if file.contains("values") && !file.ends_with(".json") => TextKind::ToolInput,
            Some(_) => manifest_if(file != CHART && looks_like_a_manifest(bytes)),
            None => manifest_if(!self.is_hidden(&place) || looks_like_a_manifest(bytes)),
        }
    }

    /// The folder of the chart around a file.
    fn chart<'p>(&self, place: &'p Path) -> Option<&'p Path> {
        let folders = place.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        folders.into_iter().find(|folder| folder.join(CHART).is_file())
    }

    /// Whether the file or a folder of the repository around it is hidden.
    fn is_hidden(&self, place: &Path) -> bool {
        let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
        place.strip_prefix(&self.root).is_ok_and(|below| below.components().any(is_hidden))
    }
}

fn manifest_if(is_manifest: bool) -> TextKind {
    if is_manifest { TextKind::Manifest } else { TextKind::Other }
}

/// Whether the first line that says something begins with a key of a Kubernetes object.
fn begins_like_a_manifest(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !(line.is_empty() || line.starts_with(b"---") || line.starts_with(b"# ")));
    first.is_some_and(|line| line.starts_with(b"kind:") || looks_like_a_manifest(line))
}

/// Whether a line begins with the key that every Kubernetes object has.
pub(crate) fn looks_like_a_manifest(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let keys: [&[u8]; 3] = [b"apiVersion:", b"\"apiVersion\"", b"'apiVersion'"];
    lines.into_iter().any(|line| {
        let line = line.strip_prefix(b"{").unwrap_or(line).trim_ascii_start();
        keys.iter().any(|key| line.starts_with(key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\n";

    #[test]
    fn a_file_is_what_its_name_its_folders_and_its_lines_say() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("repository");
        for name in [".git/HEAD", "chart/Chart.yaml"] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "").unwrap();
        }
        let workspace = Workspace::bare(&root);
        let kinds = TextKinds::new(&workspace);
        for (name, text, kind) in [
            ("app.yaml", OBJECT, TextKind::Manifest),
            ("package.json", "{}", TextKind::Manifest),
            ("values.yaml", "a: 1", TextKind::Manifest),
            ("run.sh", OBJECT, TextKind::Other),
            ("rendered", "# helm\n---\nkind: ConfigMap\n", TextKind::Manifest),
            ("Jenkinsfile", "podTemplate(yaml: \"\napiVersion: v1\n\")", TextKind::Other),
            ("base/Kustomization", "", TextKind::ToolInput),
            (".github/workflows/ci.yaml", "on: push", TextKind::Other),
            (".argo/app.yaml", OBJECT, TextKind::Manifest),
            ("../outside.yaml", "a: 1", TextKind::Manifest),
            ("chart/Chart.yaml", OBJECT, TextKind::Other),
            ("chart/values-prod.yml", "a: 1", TextKind::ToolInput),
            ("chart/ci/test-values.yaml", "a: 1", TextKind::ToolInput),
            ("chart/values.schema.json", "{}", TextKind::Other),
            ("chart/templates/a.yaml", OBJECT, TextKind::Template),
            ("chart/templates/_helpers.tpl", "", TextKind::Template),
            ("chart/templates/NOTES.txt", "", TextKind::Other),
            ("chart/charts/b/values.yaml", "a: 1", TextKind::Other),
            ("chart/crds/c.yaml", OBJECT, TextKind::Manifest),
            ("chart/files/d.json", "{}", TextKind::Other),
        ] {
            assert_eq!(kinds.of(Path::new(name), text.as_bytes()), kind, "{name}");
        }
    }

    #[test]
    fn the_key_of_every_object_is_found_at_the_start_of_a_line() {
        for (text, is_one) in [
            (OBJECT, true),
            ("# x\r\n  apiVersion: v1", true),
            ("{ \"apiVersion\": \"v1\"}", true),
            ("{\n  \"apiVersion\": \"v1\"\n}", true),
            ("run: echo apiVersion: v1", false),
            ("", false),
        ] {
            assert_eq!(looks_like_a_manifest(text.as_bytes()), is_one, "{text}");
        }
    }
}
