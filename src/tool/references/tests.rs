//! What a kustomization may name, and what it may not.

use std::collections::BTreeMap;

use super::*;

/// What is wrong with `/repo/app`, which these files are in; `/repo/out` and what is not below `/repo` leads out.
fn errors(files: &[(&str, &str)]) -> Vec<String> {
    let has = |path: &Path| files.iter().any(|(name, _)| Path::new("/repo").join(name) == *path);
    let is_folder = |path: &Path| files.iter().any(|(name, _)| Path::new("/repo").join(name).starts_with(path));
    let target = |path: &Path| match without_dots(&Path::new("/repo/app").join(path)) {
        path if !path.starts_with("/repo") || path.starts_with("/repo/out") => PathTarget::Outside,
        path if has(&path) => PathTarget::File(path),
        path if is_folder(&path) => PathTarget::Folder(path),
        _ => PathTarget::Nowhere,
    };
    let read = |name: &str| {
        let found = files.iter().find(|(path, _)| Path::new("/repo").join(path) == Path::new(name));
        found.map(|(_, text)| (*text).to_owned())
    };
    let context = ToolContext {
        folder: Path::new("."),
        working_folder: Path::new("/repo/app"),
        variables: &BTreeMap::new(),
        words: &[],
        release_name: None,
        helm: "helm",
        kustomize: "kustomize",
        processors: 1,
        memory: 1 << 30,
        private: Path::new("/tmp"),
        is_inside: &|path| path.starts_with("/repo") && !path.ends_with("bad"),
        target: &target,
        may_reach: &|host| if host == "example.com" { Ok(()) } else { Err(String::new()) },
        read: &read,
        has: &|_| false,
    };
    let mut errors = Errors::new();
    check(&context, &mut errors);
    errors.iter().map(|error| error.detail.clone()).collect()
}

#[test]
fn what_leads_out_is_refused_in_every_field() {
    for text in [
        "resources: [../../x]",
        "Resources: ['../../x']",
        "reſources: ['../../x']",
        "bases: [../out/base]",
        "components: [/etc]",
        "generators: [/proc/self/cwd]",
        "crds: [/etc/passwd]",
        "configurations: [../out/x]",
        "openapi: {path: /etc/passwd}",
        "patches: [{path: /etc/passwd}]",
        "patches: [/etc/passwd]",
        "patchesStrategicMerge: [/etc/passwd]",
        "replacements: [{path: /etc/passwd}]",
        "configMapGenerator: [{name: x, files: [/etc/passwd]}]",
        "configMapGenerator: [{name: x, files: [a=/etc/passwd]}]",
        "secretGenerator: [{envs: [../out/x]}]",
        "secretGenerator: [{env: ../out/x}]",
        "helmCharts: [{name: x, valuesFile: /etc/passwd}]",
        "helmCharts: [{name: x, additionalValuesFiles: [/etc/passwd]}]",
        "helmCharts: [{name: ../../../x}]",
        "helmCharts: [{name: x}]\nhelmGlobals: {chartHome: ../out}",
        "helmGlobals: {configHome: /etc}",
        "commonLabels: {a: &a /etc/x}\nresources: [*a]",
        "configMapGenerator: [{<<: {files: [/etc/x]}}]",
        "helmCharts: [{valuesInline: &v {files: [/etc/x]}}]\nconfigMapGenerator: [*v]",
        "generators: [\"apiVersion: builtin\\nkind: ConfigMapGenerator\\nfiles: [/etc/x]\\n\"]",
        "transformers: [t.yaml]",
        "transformers: [escaped.yaml]",
        "resources: [base]",
        "helmCharts: [{name: bad}]",
    ] {
        let found = errors(&[
            ("app/kustomization.yaml", text),
            ("app/t.yaml", "apiVersion: builtin\nkind: PatchTransformer\npath: /etc/x\n"),
            ("app/escaped.yaml", "apiVersion: \"\\u0062uiltin\"\nkind: PatchTransformer\npath: /etc/x\n"),
            ("app/base/Kustomization", "resources: [../../..]\n"),
            ("app/charts/bad/Chart.yaml", ""),
        ]);
        assert!(!found.is_empty(), "{text}");
        let is_said = |error: &String| error.contains("not in the repository") || error.contains("leads outside");
        assert!(found.iter().all(is_said), "{text}: {found:?}");
    }
}

#[test]
fn only_allowed_addresses_are_named() {
    for (text, is_fine) in [
        ("resources: ['https://example.com/x.yaml', 'https://example.com/org/repo//base?ref=v1']", true),
        ("configMapGenerator: [{files: ['k=https://example.com/x']}]", true),
        ("helmCharts: [{name: x, repo: https://example.com}]", true),
        ("commonAnnotations: {link: 'http://x', path: /etc}", true),
        ("configMapGenerator: [{literals: ['URL=http://x'], name: x}]", true),
        ("patches: [{patch: '- {op: add, path: /x, value: http://y}', target: {kind: x}}]", true),
        ("resources: [a.yaml, ../lib, gone.yaml]", true),
        ("configMapGenerator: [{files: ['k=http://127.0.0.1:8100/v1/x']}]", false),
        ("resources: ['http://example.com/x.yaml']", false),
        ("resources: ['https://example.org/x.yaml']", false),
        ("resources: ['github.com/x/y?ref=z']", false),
        ("resources: ['git@example.com:x/y']", false),
        ("resources: ['file:///etc']", false),
        ("helmCharts: [{name: x, repo: 'http://example.com'}]", false),
        ("openapi: {path: 'HTTPS://example.org'}", false),
        ("resources: [", false),
    ] {
        let found = errors(&[("app/kustomization.yaml", text), ("app/a.yaml", "a: builtin\n"), ("lib/x", "")]);
        assert_eq!(found.is_empty(), is_fine, "{text}: {found:?}");
    }
}

#[test]
fn aliases_do_not_multiply() {
    let bomb: String =
        (1..40).map(|number| format!("  a{number}: &a{number} {{x: *a{0}, y: *a{0}}}\n", number - 1)).collect();
    let text = format!("resources:\n- a0: &a0 {{z: 1}}\n{bomb}");
    let found = errors(&[("app/kustomization.yaml", &text)]);
    assert_eq!(found, ["its aliases expand to too much: one value takes more than 64 MiB"]);
}
