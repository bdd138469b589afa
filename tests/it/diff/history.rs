//! A repository with ten commits: the changes between each two, in each format.

use super::super::canary::piece;
use super::{Repository, map, shown};
use crate::support::program::program;

/// A commit: what it does, the counts, and text that must be shown.
type Step = (&'static str, fn(&Repository), &'static str, &'static [&'static str]);

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData:
  password: <path:secret/data/app#password#1>
  port: <path:secret/data/app#port#1>
";

const DEPLOYMENT: &str = r#"{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": {"name": "web", "namespace": "shop"},
  "spec": {
    "replicas": 1,
    "user": "<path:secret/data/app#user>"
  }
}
"#;

const LIST: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: a}
  spec: {port: 80}
- apiVersion: v1
  kind: Service
  metadata: {name: b}
  spec: {port: 80}
";

const STEPS: [Step; 10] = [
    (
        "the first manifests",
        |repository| {
            repository.write("app.yaml", &format!("{SECRET}---\n{}", map("shop", "settings", "info")));
            repository.write("web.json", DEPLOYMENT).write("list.yaml", LIST);
        },
        "5 added, 0 unchanged",
        &["added Secret shop/db", "added Service b", "list.yaml:8", "+  password: '<redacted:"],
    ),
    (
        "another value",
        |repository| {
            repository.write("app.yaml", &repository.read("app.yaml").replace("key: info", "key: debug"));
        },
        "1 changed, 4 unchanged",
        &["changed ConfigMap shop/settings", "app.yaml:8", "-  key: info\n+  key: debug\n", "@@ -11,4 +11,4 @@"],
    ),
    (
        "another file",
        |repository| {
            repository.write("config/app.yaml", &repository.read("app.yaml")).remove("app.yaml");
        },
        "nothing changes, 5 unchanged",
        &[],
    ),
    (
        "another version of the secret",
        |repository| {
            repository.write("config/app.yaml", &repository.read("config/app.yaml").replace("#1>", ">"));
        },
        "1 changed (1 in secret values only), 4 unchanged",
        &["changed Secret shop/db: secret values only", "-  password: '<redacted:", "+  password: '<redacted:"],
    ),
    (
        "one item less, one that is another",
        |repository| {
            let list = repository.read("list.yaml").replace("80", "8080");
            repository.write(
                "list.yaml",
                list.split("- apiVersion: v1\n  kind: Service\n  metadata: {name: b}").next().unwrap(),
            );
        },
        "1 changed, 1 removed, 3 unchanged",
        &["changed Service a", "removed Service b", "+spec: {port: 8080}\n"],
    ),
    (
        "another namespace",
        |repository| {
            let app = repository.read("config/app.yaml").replace("namespace: shop\ndata", "namespace: store\ndata");
            repository.write("config/app.yaml", &app);
        },
        "1 added, 1 removed, 3 unchanged",
        &["added ConfigMap store/settings", "removed ConfigMap shop/settings"],
    ),
    (
        "JSON",
        |repository| {
            repository.write("web.json", &repository.read("web.json").replace("1,", "3,"));
        },
        "1 changed, 3 unchanged",
        &["changed Deployment shop/web", "-    \"replicas\": 1,\n+    \"replicas\": 3,\n", "\"user\": \"<redacted:"],
    ),
    (
        "other line ends",
        |repository| {
            repository.write("config/app.yaml", &repository.read("config/app.yaml").replace('\n', "\r\n"));
        },
        "nothing changes, 4 unchanged",
        &[],
    ),
    (
        "a file less",
        |repository| {
            repository.remove("web.json");
        },
        "1 removed, 3 unchanged",
        &["removed Deployment shop/web", "-  \"kind\": \"Deployment\",\n"],
    ),
    (
        "what is no manifest, and a secret whose field is another",
        |repository| {
            let app = repository
                .read("config/app.yaml")
                .replace("port: <path:secret/data/app#port>", "PORT: <path:secret/data/app#port>");
            repository.write("values.yaml", "replicas: 3\n").write("config/app.yaml", &app);
        },
        "1 added, 1 changed, 2 unchanged",
        &["added a document of values.yaml", "changed Secret shop/db\n"],
    ),
];

#[test]
fn a_record_tells_a_change_of_secret_values_alone_from_others() {
    let repository = Repository::new();
    let new = SECRET.replace("#1>", ">");
    repository.write("a.yaml", SECRET).commit().write("a.yaml", &new);
    for key in [&[][..], &["--mask-key", "key"]] {
        repository.write("key", "a key of the user's").write("both.yaml", &format!("{SECRET}---\n{new}"));
        let record = ["record", "both.yaml", "-o", "../record.json", "--secrets", "../secrets.yaml"];
        std::fs::set_permissions(repository.root().join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        program(record).args(key).folder(repository.root()).check();
        repository.remove("both.yaml").remove("key");
        let diff =
            || program(["diff", "a.yaml", "--base", "HEAD", "--offline", "../record.json"]).folder(repository.root());
        let (text, stderr, code) = shown(&diff().output());
        assert_eq!((stderr.as_str(), code), ("", Some(1)), "{text}");
        assert!(text.starts_with("changed Secret shop/db: secret values only\n"), "{text}");
        assert!(
            text.contains("\n1 changed (1 in secret values only), 0 unchanged\n<redacted:FINGERPRINT> stands for"),
            "{text}"
        );
        repository.write("a.yaml", &new.replace("stringData:", "immutable: true\nstringData:"));
        let (text, ..) = shown(&diff().output());
        assert!(text.starts_with("changed Secret shop/db\n"), "{text}");
        repository.write("a.yaml", &new);
    }
}

#[test]
fn each_commit_of_ten_shows_what_it_changed() {
    let repository = Repository::new();
    for (what, step, counted, parts) in STEPS {
        step(&repository);
        repository.commit();
        let index = || std::fs::read(repository.root().join(".git/index")).unwrap();
        let before = index();
        let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD~1"]).output());
        assert_eq!(stderr, "", "{what}");
        assert_eq!(code, Some(i32::from(!counted.starts_with("nothing"))), "{what}: {text}");
        let last = text.lines().rfind(|line| !line.starts_with("<redacted:FINGERPRINT> stands for"));
        assert_eq!(last, Some(counted), "{what}: {text}");
        for part in parts {
            assert!(text.contains(part), "{what} lacks {part:?}:\n{text}");
        }
        let (markdown, _, code_of_markdown) =
            shown(&repository.diff(&["--base", "HEAD~1", "--format", "markdown"]).output());
        assert_eq!(code_of_markdown, code, "{what}");
        assert!(markdown.contains(&format!("**{counted}**")), "{what}: {markdown}");
        assert_eq!(markdown.matches("<details>").count(), text.matches("\n--- ").count(), "{what}: {markdown}");
        let (page, _, code_of_page) = shown(&repository.diff(&["--base", "HEAD~1", "--format", "html"]).output());
        assert_eq!(code_of_page, code, "{what}");
        holds_the_same(&page, &text, what);
        assert_eq!([&text, &markdown, &page].map(|shown| piece(shown.as_bytes())), [None, None, None], "{what}");
        assert!(index() == before && repository.git(&["status", "--porcelain"]).is_empty(), "{what}");
    }
}

/// The page has one article for each change of the text, in the order of the text.
fn holds_the_same(page: &str, text: &str, what: &str) {
    let fates = ["added ", "changed ", "removed "];
    let changes: Vec<&str> = text.lines().filter(|line| fates.iter().any(|fate| line.starts_with(fate))).collect();
    let articles: Vec<&str> = page.split("<article ").skip(1).collect();
    assert_eq!(articles.len(), changes.len(), "{what}: {page}");
    for (article, change) in articles.iter().zip(changes) {
        let (fate, resource) = change.split_once(' ').unwrap();
        let (resource, secret) = match resource.strip_suffix(": secret values only") {
            Some(resource) => (resource, " secret"),
            None => (resource, ""),
        };
        assert!(article.contains(&format!(" class=\"{fate}{secret}\" ")), "{what}: {change}: {article}");
        assert!(article.contains(resource), "{what}: {change}: {article}");
    }
}
