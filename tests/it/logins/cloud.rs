//! Logins by the identity that a cloud gives to a machine.

use std::fs;
use std::sync::Arc;

use serde_json::json;

use crate::auth::secrets;
use crate::support::program::Program;
use crate::support::render::render;
use crate::support::servers::{self, Faults, Issuer, Moto, Response, Vault};

/// A stub of Google's metadata endpoint, whose tokens `issuer` signs.
pub(super) fn google(issuer: Arc<Issuer>) -> Faults {
    Faults::start(move |_, request| {
        let audience =
            request.path.strip_prefix("/computeMetadata/v1/instance/service-accounts/default/identity?audience=");
        match audience.and_then(|query| query.strip_suffix("&format=full")) {
            Some(audience) if request.header("metadata-flavor") == Some("Google") => {
                let claims = json!({"sub": "1234", "aud": audience.replace("%2F", "/")});
                Response::Plain(200, Vec::new(), issuer.token(&claims, 600))
            }
            _ => Response::json(403, "{}"),
        }
    })
}

/// A stub of Azure's metadata endpoint.
pub(super) fn azure(issuer: Arc<Issuer>) -> Faults {
    Faults::start(move |_, request| {
        let (path, query) = request.path.split_once('?').unwrap_or_default();
        if request.header("metadata") != Some("true") {
            return Response::json(400, "{}");
        }
        match path {
            "/metadata/identity/oauth2/token" => {
                let resource =
                    query.split("resource=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
                let claims = json!({"sub": "1234", "aud": resource.replace("%3A", ":").replace("%2F", "/")});
                Response::json(200, &json!({"access_token": issuer.token(&claims, 600)}).to_string())
            }
            "/metadata/instance" => {
                let machine =
                    json!({"subscriptionId": "s", "resourceGroupName": "g", "name": "vm-1", "vmScaleSetName": ""});
                Response::json(200, &json!({"compute": machine}).to_string())
            }
            _ => Response::json(404, "{}"),
        }
    })
}

/// An aws method that asks moto, with a role `web` for the user `ci`.
fn aws_method(vault: &Vault, mount: &str, moto: &Moto, policies: &[&str]) {
    vault.enable(mount, "aws");
    let config = json!({
        "access_key": "x", "secret_key": "y", "endpoint": moto.address, "iam_endpoint": moto.address,
        "sts_endpoint": moto.address, "sts_region": "us-east-1", "iam_server_id_header_value": "vault.test",
    });
    vault.api().post(&format!("auth/{mount}/config/client"), &config).ok();
    let role = json!({
        "auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::123456789012:user/ci", "token_policies": policies,
    });
    vault.api().post(&format!("auth/{mount}/role/web"), &role).ok();
}

fn run(vault: &Vault, manifest: &str, login: &str, mount: &str) -> Program {
    let run = render(&vault.address, manifest).env("AVP_AUTH_TYPE", login).env("AVP_MOUNT_PATH", mount);
    run.env("AVP_AUTH_ROLE", "web").env("AVP_AWS_SERVER_ID", "vault.test")
}

#[test]
fn aws_takes_the_first_credentials_that_are_there() {
    let (Some(vault), Some(moto)) = (servers::vault(), servers::moto()) else { return };
    let (manifest, filled) = secrets(vault, "aws-sources", 1);
    let (id, key) = moto.user("ci");
    aws_method(vault, "aws-sources", &moto, &["aws-sources"]);
    let run = || run(vault, &manifest, "aws", "aws-sources");
    run().env("AWS_ACCESS_KEY_ID", &id).env("AWS_SECRET_ACCESS_KEY", &key).stdout(filled.clone()).check();
    let given = json!({"AccessKeyId": id, "SecretAccessKey": key, "Token": "a-session-token"}).to_string();
    let container = {
        let given = given.clone();
        Faults::start(move |_, request| match request.header("authorization") {
            Some("pod-token") => Response::json(200, &given),
            _ => Response::json(401, "{}"),
        })
    };
    let token = tempfile::NamedTempFile::new().unwrap();
    fs::write(token.path(), "pod-token\n").unwrap();
    let pod = || run().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/v1/credentials", container.address));
    pod().env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.path()).stdout(filled.clone()).check();
    pod().status(1).stderr_holds(["/v1/credentials", "status 401"]).check();
    let instance = Faults::start(move |_, request| {
        let session = request.header("x-aws-ec2-metadata-token") == Some("a-session");
        match (&*request.method, &*request.path) {
            ("PUT", "/latest/api/token") => Response::Plain(200, Vec::new(), "a-session".to_owned()),
            (_, "/latest/meta-data/iam/security-credentials/") if session => {
                Response::Plain(200, Vec::new(), "the-role\n".to_owned())
            }
            (_, "/latest/meta-data/iam/security-credentials/the-role") if session => Response::json(200, &given),
            _ => Response::json(401, "{}"),
        }
    });
    run().env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &instance.address).stdout(filled).check();
    run()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .status(1)
        .stderr_holds(["no AWS credentials", "profiles and programs"])
        .check();
}

#[test]
fn what_aws_or_vault_refuse_is_named_and_no_key_is_shown() {
    let (Some(vault), Some(moto)) = (servers::vault(), servers::moto()) else { return };
    let (manifest, _) = secrets(vault, "aws-refused", 1);
    let ((id, key), (other_id, other_key)) = (moto.user("ci"), moto.user("other"));
    aws_method(vault, "aws-refused", &moto, &["aws-refused"]);
    let run = |id: &str, key: &str| {
        run(vault, &manifest, "aws", "aws-refused").env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", key)
    };
    run(&other_id, &other_key)
        .status(1)
        .stderr_holds(["user/other", "does not belong to the role", "bound to another principal"])
        .check();
    run(&id, &key).env("AVP_AUTH_ROLE", "nope").status(1).stderr_holds(["names no role of this mount"]).check();
    let wrong = run(&id, &key).env("AVP_AWS_SERVER_ID", "other.test").output();
    let stderr = String::from_utf8_lossy(&wrong.stderr);
    assert!(stderr.contains("`iam_server_id_header_value`"), "{stderr}");
    assert!(!stderr.contains(&key) && !stderr.contains("Signature="), "{stderr}");
}

/// What an Application sets is no environment of the machine's: neither endpoints nor credentials come from there.
#[test]
fn an_application_names_no_endpoint_and_no_credential_of_a_cloud() {
    let (Some(vault), Some(moto)) = (servers::vault(), servers::moto()) else { return };
    let (manifest, filled) = secrets(vault, "aws-tenant", 1);
    let (id, key) = moto.user("ci");
    aws_method(vault, "aws-tenant", &moto, &["aws-tenant"]);
    let evil = Faults::script(vec![Response::json(500, "{}")]);
    let run =
        run(vault, &manifest, "aws", "aws-tenant").env("AWS_ACCESS_KEY_ID", &id).env("AWS_SECRET_ACCESS_KEY", &key);
    let tenants = [
        ("AWS_ACCESS_KEY_ID", "AKIDEVIL"),
        ("AWS_ENDPOINT_URL_STS", &*evil.address),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*evil.address),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*evil.address),
        ("GCE_METADATA_HOST", &*evil.address),
    ];
    let run = tenants.iter().fold(run, |run, (name, value)| run.env(&format!("ARGOCD_ENV_{name}"), value));
    run.stdout(filled).check();
    assert!(evil.requests().is_empty());
}

#[test]
fn a_machine_outside_of_the_cloud_is_told_so() {
    let stub = Faults::script(vec![Response::json(404, "{}")]);
    for (login, variable, words) in [
        ("gcp", "GCE_METADATA_HOST", "is this a machine or pod of Google Cloud"),
        ("azure", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "is this a machine of Azure"),
    ] {
        let vault = Faults::script(vec![Response::json(500, "{}")]);
        let manifest = crate::support::render::secret(&["<path:a/b#c>"]);
        let run = render(&vault.address, &manifest).env("AVP_AUTH_TYPE", login).env("AVP_AUTH_ROLE", "web");
        run.env(variable, &stub.address).status(1).stderr_holds(["status 404", words]).check();
        assert!(vault.requests().is_empty(), "{login}");
    }
}

/// The further members that Azure's method asks for.
#[test]
fn azure_tells_which_machine_it_is() {
    let stub = azure(Arc::new(Issuer::new()));
    let vault = Faults::script(vec![Response::json(400, r#"{"errors": ["no"]}"#)]);
    let manifest = crate::support::render::secret(&["<path:a/b#c>"]);
    let run = render(&vault.address, &manifest).env("AVP_AUTH_TYPE", "azure").env("AVP_AUTH_ROLE", "web");
    run.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", &stub.address).output();
    let body: serde_json::Value = serde_json::from_str(&vault.requests()[0].body).unwrap();
    assert_eq!(body["role"], "web");
    assert_eq!(
        [&body["subscription_id"], &body["resource_group_name"], &body["vm_name"], &body["vmss_name"]],
        [&json!("s"), &json!("g"), &json!("vm-1"), &json!(null)]
    );
}
