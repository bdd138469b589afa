//! Charts of different kinds, without placeholders: `build` does not change the output of helm.

use std::path::Path;

use super::{build, helms, objects, printed, stdout, write};

/// A chart's name and its files.
type Chart = (&'static str, &'static [(&'static str, &'static str)]);

const CHARTS: &[Chart] = &[
    (
        "hooks",
        &[
            (
                "templates/job.yaml",
                "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ .Release.Name }}\n  annotations:\n    \
              helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: \"-5\"\nspec: {template: {spec: {restartPolicy: Never}}}\n",
            ),
            (
                "templates/after.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: after, annotations: {helm.sh/hook: post-install}}\n",
            ),
        ],
    ),
    (
        "crds",
        &[
            (
                "crds/thing.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n",
            ),
            (
                "templates/thing.yaml",
                "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {text: 'a < b > c'}\n",
            ),
        ],
    ),
    (
        "subchart",
        &[
            ("values.yaml", "db: {enabled: true, size: 3}\ncache: {enabled: false}\n"),
            ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n"),
            (
                "charts/db/templates/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {size: {{ .Values.size | quote }}}\n",
            ),
            ("charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 0.1.0\n"),
            ("charts/cache/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cache}\n"),
            ("templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n"),
        ],
    ),
    (
        "library",
        &[
            ("charts/base/Chart.yaml", "apiVersion: v2\nname: base\nversion: 0.1.0\ntype: library\n"),
            ("charts/base/templates/_all.tpl", "{{ define \"base.labels\" }}app: {{ .Release.Name }}{{ end }}"),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: { {{ include \"base.labels\" . }} }\n",
            ),
        ],
    ),
    (
        "schema",
        &[
            ("values.yaml", "port: 80\n"),
            (
                "values.schema.json",
                r#"{"type": "object", "properties": {"port": {"type": "integer"}}, "required": ["port"]}"#,
            ),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: {{ .Values.port }}}]}\n",
            ),
        ],
    ),
    (
        "tests-and-notes",
        &[
            ("templates/NOTES.txt", "Thank you for installing {{ .Chart.Name }}: <not a placeholder>\n"),
            (
                "templates/tests/test.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n",
            ),
            ("templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
        ],
    ),
    (
        "conditionals",
        &[
            ("values.yaml", "on: true\nlist: [a, b]\n"),
            ("templates/_helpers.tpl", "{{- define \"name\" -}}{{ .Release.Name }}-x{{- end }}\n"),
            ("templates/off.yaml", "{{ if .Values.off }}\nkind: Never\n{{ end }}\n"),
            (
                "templates/many.yaml",
                "{{- range .Values.list }}\n---\n# item {{ . }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ . }}}\n\
              data:\n  text: |\n    two\n    lines of {{ . }}   \n{{- end }}\n",
            ),
            (
                "templates/named.yaml",
                "# Source: https://example.com/upstream.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ include \"name\" . }}}\n",
            ),
        ],
    ),
    (
        "lookup",
        &[(
            "templates/a.yaml",
            "{{ $found := lookup \"v1\" \"Secret\" \"default\" \"a\" }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n\
            data: {found: {{ $found | empty | quote }}}\n",
        )],
    ),
    (
        "json",
        &[
            (
                "templates/a.json",
                "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}\n",
            ),
            (
                "templates/b.yaml",
                "{{ dict \"apiVersion\" \"v1\" \"kind\" \"ConfigMap\" \"metadata\" (dict \"name\" \"b\") | toJson }}\n",
            ),
        ],
    ),
    (
        "files",
        &[
            ("files/app.conf", "[a]\nb = \"<c>\"\r\nd = '%'\n"),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n{{ (.Files.Glob \"files/*\").AsConfig | indent 2 }}\n\
              ---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ndata:\n{{ (.Files.Glob \"files/*\").AsSecrets | indent 2 }}\n",
            ),
        ],
    ),
];

/// Writes a chart, and what every chart has.
fn chart(folder: &Path, (name, files): &Chart) {
    write(folder, "Chart.yaml", &format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n"));
    files.iter().for_each(|(file, text)| write(folder, file, text));
}

#[test]
fn charts_without_placeholders_come_out_as_helm_prints_them() {
    for helm in helms() {
        for own in CHARTS {
            let folder = tempfile::tempdir().unwrap();
            chart(folder.path(), own);
            same(&helm, folder.path(), own.0);
        }
    }
}

#[test]
fn a_packed_subchart_is_a_chart_like_any_other() {
    for helm in helms() {
        let folder = tempfile::tempdir().unwrap();
        chart(&folder.path().join("db"), &CHARTS[0]);
        chart(&folder.path().join("web"), &("web", &[("values.yaml", "hooks: {a: b}\n")]));
        printed(&helm, folder.path(), &["package", "db", "--destination", "web/charts"]);
        same(&helm, &folder.path().join("web"), "packed");
    }
}

#[test]
fn charts_that_a_lock_names_are_fetched() {
    for helm in helms() {
        let folder = tempfile::tempdir().unwrap();
        let (web, db) = (folder.path().join("web"), folder.path().join("db"));
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        chart(&db, &("db", CHARTS[0].1));
        let needs = "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: db, version: 0.1.0, repository: 'file://../db'}]\n";
        write(&web, "Chart.yaml", needs);
        printed(&helm, &web, &["dependency", "update", "."]);
        std::fs::remove_dir_all(web.join("charts")).unwrap();
        let helm = helm.display().to_string();
        let built = objects(&stdout(build(&web, &[".", "--helm", &helm])));
        assert_eq!(built.len(), 2, "{built:?}");
        assert!(!web.join("charts").exists(), "it is fetched into a copy");
        std::fs::rename(folder.path().join(".git"), web.join(".git")).unwrap();
        let run = build(&web, &[".", "--helm", &helm]).status(1);
        run.stderr_holds(["`Chart.lock` names the chart `file://../db`, which is not in the repository"]).check();
    }
}

/// What `build` prints of a chart is what helm prints, to the byte.
fn same(helm: &Path, folder: &Path, name: &str) {
    let templated = printed(helm, folder, &["template", "web", ".", "--include-crds"]);
    let built = stdout(build(folder, &[".", "--helm", &helm.display().to_string(), "--release-name", "web"]));
    assert!(!objects(&built).is_empty(), "{name}");
    assert_eq!(String::from_utf8_lossy(&built), String::from_utf8_lossy(&templated), "{name} {}", helm.display());
}
