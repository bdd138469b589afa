//! The way to a cluster: the kubeconfig that a workspace's environment names, else the service account of the pod. The process's own
//! environment does not count.

use std::path::{Path, PathBuf};

use kube::Config;
use kube::config::{AuthInfo, Cluster, Context, ExecConfig, KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::config::{NamedAuthInfo, NamedCluster, NamedContext};

use crate::workspace::Workspace;

/// Where a pod finds its own credentials.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The name of everything in the kubeconfig that stands for a pod's service account.
const POD: &str = "pod";

/// How the cluster is reached; the error is the cause of a failure.
pub(super) async fn cluster(workspace: &Workspace) -> Result<Config, String> {
    let no_kubeconfig = match kubeconfig(workspace) {
        Ok(kubeconfig) => match config(kubeconfig).await {
            Ok(config) => return Ok(config),
            Err(error) => error.to_string(),
        },
        Err(cause) => cause,
    };
    let no_pod = match pod(workspace) {
        Ok(pod) => match config(pod).await {
            Ok(config) => return Ok(config),
            Err(error) => error.to_string(),
        },
        Err(cause) => cause,
    };
    Err(format!("as a pod: {no_pod}; with a kubeconfig: {no_kubeconfig}"))
}

/// The namespace of the pod, if the program runs in one.
pub(super) fn pod_namespace() -> Option<String> {
    let namespace = std::fs::read_to_string(Path::new(SERVICE_ACCOUNT).join("namespace")).ok()?;
    Some(namespace.trim().to_owned()).filter(|namespace| !namespace.is_empty())
}

/// Whether the program runs in a pod with a service account.
pub(crate) fn has_service_account_token() -> bool {
    Path::new(SERVICE_ACCOUNT).join("token").exists()
}

/// What the files say that `KUBECONFIG` lists, or `~/.kube/config`.
fn kubeconfig(workspace: &Workspace) -> Result<Kubeconfig, String> {
    let listed = workspace.variable("KUBECONFIG").unwrap_or_default().split(':').filter(|path| !path.is_empty());
    let mut files: Vec<PathBuf> = listed.map(|path| workspace.locate(path)).collect();
    if files.is_empty() {
        let home = workspace.home().ok_or("there is no home")?;
        files.push(home.join(".kube/config"));
    }
    let merged = files
        .into_iter()
        .try_fold(Kubeconfig::default(), |merged, file| merged.merge(Kubeconfig::read_from(file)?))
        .map_err(|error: KubeconfigError| error.to_string())?;
    Ok(with_environment(merged, workspace))
}

/// A program that logs in gets the environment of the workspace, and a cluster without a proxy that of the environment.
fn with_environment(mut kubeconfig: Kubeconfig, workspace: &Workspace) -> Kubeconfig {
    let users = kubeconfig.auth_infos.iter_mut().filter_map(|user| user.auth_info.as_mut());
    users.filter_map(|user| user.exec.as_mut()).for_each(|exec| inherit(exec, workspace));
    let proxy = ["HTTPS_PROXY", "https_proxy"].iter().find_map(|name| workspace.variable(name));
    for cluster in kubeconfig.clusters.iter_mut().filter_map(|cluster| cluster.cluster.as_mut()) {
        let own = cluster.proxy_url.take().filter(|proxy| !proxy.is_empty());
        cluster.proxy_url = own.or_else(|| proxy.map(str::to_owned));
    }
    kubeconfig
}

/// What the kubeconfig sets for the program wins.
fn inherit(exec: &mut ExecConfig, workspace: &Workspace) {
    let variable = |(name, value): (&String, &String)| {
        [("name".to_owned(), name.clone()), ("value".to_owned(), value.clone())].into()
    };
    let inherited = workspace.variables.iter().map(variable);
    exec.env = Some(inherited.chain(exec.env.take().unwrap_or_default()).collect());
}

async fn config(kubeconfig: Kubeconfig) -> Result<Config, KubeconfigError> {
    let mut clusters = kubeconfig.clusters.iter().filter_map(|cluster| cluster.cluster.as_ref());
    let has_proxy = clusters.any(|cluster| cluster.proxy_url.is_some());
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    if !has_proxy {
        // Without one the client would take that of the process.
        config.proxy_url = None;
    }
    Ok(config)
}

/// The kubeconfig that a pod's service account stands for.
fn pod(workspace: &Workspace) -> Result<Kubeconfig, String> {
    let set = |name: &str| workspace.variable(name).ok_or_else(|| format!("`{name}` is not set"));
    let (host, port) = (set("KUBERNETES_SERVICE_HOST")?, set("KUBERNETES_SERVICE_PORT")?);
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let file = |name: &str| Some(format!("{SERVICE_ACCOUNT}/{name}"));
    let cluster = Cluster {
        server: Some(format!("https://{host}:{port}")),
        certificate_authority: file("ca.crt"),
        ..Cluster::default()
    };
    let user = AuthInfo { token_file: file("token"), ..AuthInfo::default() };
    let (user_name, namespace) = (Some(POD.to_owned()), pod_namespace());
    let context = Context { cluster: POD.to_owned(), user: user_name, namespace, ..Context::default() };
    Ok(Kubeconfig {
        clusters: vec![NamedCluster { name: POD.to_owned(), cluster: Some(cluster), ..NamedCluster::default() }],
        auth_infos: vec![NamedAuthInfo { name: POD.to_owned(), auth_info: Some(user), ..NamedAuthInfo::default() }],
        contexts: vec![NamedContext { name: POD.to_owned(), context: Some(context), ..NamedContext::default() }],
        current_context: Some(POD.to_owned()),
        ..Kubeconfig::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "users: [{name: u, user: {exec: {command: ./login, env: [{name: A, value: own}]}}}]";

    fn workspace(folder: &Path, variables: &[(&str, &str)]) -> Workspace {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Workspace::new(folder, variables)
    }

    #[tokio::test]
    async fn a_kubeconfig_is_found_from_the_workspace_whose_environment_its_program_gets() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "clusters: [{{name: c, cluster: {{server: 'https://c.example.com'}}}}]\n{USER}\n\
             contexts: [{{name: x, context: {{cluster: c, user: u, namespace: web}}}}]\ncurrent-context: x\n"
        );
        std::fs::write(folder.path().join("config"), text).unwrap();
        let config = cluster(&workspace(folder.path(), &[("KUBECONFIG", "config"), ("A", "ours")])).await.unwrap();
        assert_eq!((config.cluster_url.host(), &*config.default_namespace), (Some("c.example.com"), "web"));
        let exec = config.auth_info.exec.unwrap();
        assert_eq!(exec.command.unwrap(), folder.path().join("./login").to_string_lossy());
        let values: Vec<String> = exec
            .env
            .unwrap()
            .into_iter()
            .filter(|pair| pair["name"] == "A")
            .map(|mut pair| pair.remove("value").unwrap())
            .collect();
        assert_eq!(values, ["ours", "own"]);
    }

    #[tokio::test]
    async fn without_a_cluster_both_ways_are_told() {
        let cause = cluster(&workspace(Path::new("/nowhere"), &[])).await.unwrap_err();
        assert_eq!(cause, "as a pod: `KUBERNETES_SERVICE_HOST` is not set; with a kubeconfig: there is no home");
    }

    #[test]
    fn a_pod_s_cluster_is_where_its_variables_say() {
        let variables = [("KUBERNETES_SERVICE_HOST", "fd00::1"), ("KUBERNETES_SERVICE_PORT", "6443")];
        let pod = pod(&workspace(Path::new("/"), &variables)).unwrap();
        let server = pod.clusters[0].cluster.as_ref().unwrap().server.as_deref();
        assert_eq!(server, Some("https://[fd00::1]:6443"));
    }
}
