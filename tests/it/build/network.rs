//! The network of the real helm and kustomize: https to the hosts that the operator lists, through the proxy of vault-render, and
//! nothing else. The hosts belong to the tests, behind the proxy of an operator.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use super::{build, helms, objects, stdout, write};
use crate::support::program::Program;
use crate::support::servers::{self, Faults, Internet, Response};
use vault_render::internals::contain::{Support, support};

const CHARTS: &str = "charts.example.com";
const CODE: &str = "code.example.com";
const OTHER: &str = "other.example.com";

/// A chart `web` that needs the chart `db` of [`CHARTS`], with a lock and without `charts/`.
fn chart(internet: &Internet, helm: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n");
    write(root, "db/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-charts}\n");
    let site = internet.files(CHARTS);
    run(internet, helm, root, &["package", "db", "-d", &site.display().to_string()]);
    run(internet, helm, root, &["repo", "index", &site.display().to_string()]);
    let needs = format!("dependencies: [{{name: db, version: 0.1.0, repository: 'https://{CHARTS}'}}]\n");
    write(root, "web/Chart.yaml", &format!("apiVersion: v2\nname: web\nversion: 0.1.0\n{needs}"));
    write(root, "web/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n");
    run(internet, helm, root, &["dependency", "update", "web"]);
    fs::remove_dir_all(root.join("web/charts")).unwrap();
    folder
}

/// A tool as its user runs it.
fn run(internet: &Internet, program: &Path, folder: &Path, arguments: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    command.env("HTTPS_PROXY", &internet.proxy).env("SSL_CERT_FILE", internet.authority());
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// `vault-render build FOLDER`, the hosts behind an operator's proxy with a password.
fn through(internet: &Internet, folder: &Path, arguments: &[&str]) -> Program {
    let proxy = internet.proxy.replace("://", "://operator:canary@");
    build(folder, arguments).env("HTTPS_PROXY", proxy).env("SSL_CERT_FILE", internet.authority())
}

/// What a run says that fails.
fn stderr(program: Program) -> String {
    let output = program.output();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_chart_s_charts_come_from_a_listed_host() {
    for helm in helms() {
        let internet = Internet::new(&[CHARTS]);
        let folder = chart(&internet, &helm);
        let helm = helm.display().to_string();
        let before = internet.asked().len();
        for hosts in [CHARTS, "*.example.com", "*"] {
            let run = through(&internet, folder.path(), &["web", "--helm", &helm]).env("AVP_TOOL_HOSTS", hosts);
            let run = run.env("ARGOCD_APP_NAME", "web");
            let mut names: Vec<String> = objects(&stdout(run))
                .iter()
                .map(|object| object["metadata"]["name"].as_str().unwrap().into())
                .collect();
            names.sort();
            assert_eq!(names, ["from-charts", "own"], "{hosts}");
            fs::remove_dir_all(folder.path().join("web/charts")).ok();
        }
        // The operator's password came from us, and helm had none.
        let passwords = internet.asked().split_off(before);
        let passwords: Vec<&String> = passwords.iter().filter(|line| line.starts_with("Basic ")).collect();
        assert!(!passwords.is_empty() && passwords.iter().all(|line| *line == "Basic b3BlcmF0b3I6Y2FuYXJ5"));
    }
}

#[test]
fn a_chart_s_charts_come_from_no_other_host() {
    for helm in helms() {
        let internet = Internet::new(&[CHARTS]);
        let folder = chart(&internet, &helm);
        let helm = helm.display().to_string();
        let before = internet.asked().len();
        let run = || through(&internet, folder.path(), &["web", "--helm", &helm]).env("ARGOCD_APP_NAME", "web");
        let listed = stderr(run().env("AVP_TOOL_HOSTS", "github.com"));
        let detail =
            format!("`Chart.lock` names the chart `https://{CHARTS}`, whose host `AVP_TOOL_HOSTS` does not name");
        if support() == Support::Ports {
            assert!(listed.contains(&detail), "{listed}");
            assert!(listed.contains(&format!("`AVP_TOOL_HOSTS=github.com {CHARTS}`")), "{listed}");
        }
        let closed = stderr(run());
        assert!(closed.contains(&format!("`AVP_TOOL_HOSTS={CHARTS}`")), "{closed}");
        assert_eq!(internet.asked().len(), before, "{:?}", internet.asked());
    }
}

#[test]
fn a_listed_host_leads_helm_to_no_other() {
    for helm in helms() {
        let internet = Internet::new(&[CHARTS, OTHER]);
        let folder = chart(&internet, &helm);
        // The repository says that its charts lie elsewhere, which nobody knows before helm asks.
        let site = internet.files(CHARTS).display().to_string();
        run(&internet, &helm, folder.path(), &["repo", "index", &site, "--url", &format!("https://{OTHER}")]);
        fs::copy(internet.files(CHARTS).join("db-0.1.0.tgz"), internet.files(OTHER).join("db-0.1.0.tgz")).unwrap();
        let helm = helm.display().to_string();
        let run = |hosts: &str| {
            let run = through(&internet, folder.path(), &["web", "--helm", &helm]).env("AVP_TOOL_HOSTS", hosts);
            run.env("ARGOCD_APP_NAME", "web")
        };
        let refused = stderr(run(CHARTS));
        let detail = format!("helm asked for `{OTHER}:443`, which `AVP_TOOL_HOSTS` does not name");
        assert!(refused.contains(&detail), "{refused}");
        assert!(refused.contains(&format!("`AVP_TOOL_HOSTS={CHARTS} {OTHER}`")), "{refused}");
        assert!(!internet.asked().contains(&format!("CONNECT {OTHER}:443")), "{:?}", internet.asked());
        stdout(run(&format!("{CHARTS} {OTHER}")));
    }
}

#[test]
fn a_listed_host_leads_kustomize_to_no_other() {
    let agent = Faults::start(|_, _| Response::json(200, "{}"));
    let internet = Internet::new(&[CODE, OTHER]);
    write(&internet.files(OTHER), "a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    let agents = format!("{}/v1/secret/data/app", agent.address);
    for (location, told) in [
        (&*agents, "helm and kustomize reach only https"),
        (&agents.replace("127.0.0.1", "localhost"), "helm and kustomize reach only https"),
        ("http://169.254.169.254/", "kustomize asked for `GET http://169.254.169.254/`"),
        ("https://169.254.169.254/", "kustomize asked for `169.254.169.254:443`, which `AVP_TOOL_HOSTS` does not name"),
        ("https://other.example.com/a.yaml", "kustomize asked for `other.example.com:443`, which"),
    ] {
        write(&internet.files(CODE), "a.location", location);
        for kustomization in [
            format!("resources: ['https://{CODE}/a.yaml']\n"),
            format!("configMapGenerator: [{{name: a, files: ['k=https://{CODE}/a.yaml']}}]\n"),
        ] {
            let Some(run) = kustomize(&internet, &kustomization, Some(CODE)) else { return };
            let refused = stderr(run);
            assert!(refused.contains(told), "{location}: {refused}");
        }
    }
    assert!(agent.requests().is_empty(), "{:?}", agent.requests());
    assert!(!internet.asked().iter().any(|line| line.contains(OTHER)), "{:?}", internet.asked());
}

/// A kustomization of one line, built with hosts.
fn kustomize(internet: &Internet, kustomization: &str, hosts: Option<&str>) -> Option<Program> {
    let kustomize = servers::binary("kustomize")?;
    let folder = tempfile::tempdir().unwrap().keep();
    write(&folder, "kustomization.yaml", kustomization);
    let run = through(internet, &folder, &[".", "--kustomize", &kustomize.display().to_string()]);
    Some(hosts.into_iter().fold(run, |run, hosts| run.env("AVP_TOOL_HOSTS", hosts)))
}

#[test]
fn kustomize_reads_a_resource_and_a_base_of_a_listed_host() {
    let internet = Internet::new(&[CODE]);
    write(&internet.files(CODE), "a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: resource}\n");
    write(&internet.files(CODE), "work/kustomization.yaml", "resources: [b.yaml]\n");
    write(&internet.files(CODE), "work/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n");
    let git = |arguments: &[&str]| run(&internet, Path::new("/usr/bin/git"), &internet.files(CODE), arguments);
    git(&["init", "-q", "-b", "main", "work"]);
    git(&["-C", "work", "add", "."]);
    git(&["-C", "work", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a"]);
    git(&["clone", "-q", "--bare", "work", "app.git"]);
    for (resource, name) in
        [(format!("https://{CODE}/a.yaml"), "resource"), (format!("https://{CODE}/app.git?ref=main"), "base")]
    {
        let kustomization = format!("resources: ['{resource}']\n");
        for hosts in [None, Some("*"), Some(CODE)] {
            let Some(run) = kustomize(&internet, &kustomization, hosts) else { return };
            assert_eq!(objects(&stdout(run))[0]["metadata"]["name"], name, "{hosts:?}");
        }
        let before = internet.asked().len();
        let Some(run) = kustomize(&internet, &kustomization, Some("github.com")) else { return };
        let refused = stderr(run);
        assert!(refused.contains(&format!("`AVP_TOOL_HOSTS=github.com {CODE}`")), "{refused}");
        assert_eq!(internet.asked().len(), before, "{:?}", internet.asked());
    }
}

#[test]
fn kustomize_asks_no_server_of_this_machine_or_network() {
    let agent = Faults::start(|_, _| Response::json(200, "{}"));
    let port = agent.address.rsplit(':').next().unwrap();
    let local = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    local.set_nonblocking(true).unwrap();
    let https = local.local_addr().unwrap().port();
    let internet = Internet::new(&[CODE]);
    for address in [
        format!("http://127.0.0.1:{port}/v1/secret/data/app"),
        format!("http://localhost:{port}/v1/secret/data/app"),
        format!("http://127.1:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://0:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("https://127.0.0.1:{https}/"),
        format!("https://localhost:{https}/"),
        format!("https://2130706433:{https}/"),
        format!("https://a.localhost:{https}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://[fd00:ec2::254]/latest/".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "http://metadata.google.internal/".to_owned(),
    ] {
        for kustomization in [
            format!("configMapGenerator: [{{name: a, files: ['k={address}']}}]\n"),
            format!("resources: ['{address}?ref=main']\n"),
        ] {
            let Some(run) = kustomize(&internet, &kustomization, None) else { return };
            let refused = stderr(run);
            assert!(refused.contains("error: "), "{address}: {refused}");
        }
    }
    assert!(agent.requests().is_empty(), "{:?}", agent.requests());
    assert!(local.accept().is_err(), "somebody connected");
    assert!(internet.asked().is_empty(), "{:?}", internet.asked());
}
