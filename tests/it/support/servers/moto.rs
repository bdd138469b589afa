//! An emulator of AWS: its IAM and its token service.

use std::path::Path;

use super::process::{Process, free_port, home, retry};

/// A running moto.
pub(crate) struct Moto {
    /// `http://127.0.0.1:PORT`, for every service.
    pub(crate) address: String,
    _process: Process,
}

impl Moto {
    pub(super) fn start(binary: &Path) -> Self {
        retry(|| Self::try_start(binary))
    }

    fn try_start(binary: &Path) -> Result<Self, String> {
        let (home, port) = (home("moto"), free_port());
        let address = format!("http://127.0.0.1:{port}");
        let arguments = ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned);
        let process = Process::start("moto", &home, binary, &arguments);
        let client = reqwest::blocking::Client::builder().no_proxy().build().expect("a client");
        process
            .wait(|| client.get(format!("{address}/moto-api/")).send().ok().filter(|answer| answer.status() == 200))?;
        Ok(Self { address, _process: process })
    }

    /// The response of IAM to an action, as XML.
    pub(crate) fn iam(&self, action: &str) -> String {
        let client = reqwest::blocking::Client::builder().no_proxy().build().expect("a client");
        let request = client.post(&self.address).body(format!("Action={action}&Version=2010-05-08"));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        // It tells the service by the signature's scope, and checks no more of it.
        let signed =
            "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x";
        let answer = request.header("Authorization", signed).send().expect("an answer");
        let (status, text) = (answer.status(), answer.text().expect("text"));
        assert_eq!(status, 200, "{action}: {text}");
        text
    }

    /// The credentials of a new user: the key's id and the key.
    pub(crate) fn user(&self, name: &str) -> (String, String) {
        self.iam(&format!("CreateUser&UserName={name}"));
        let xml = self.iam(&format!("CreateAccessKey&UserName={name}"));
        let element = |name: &str| {
            let (_, rest) = xml.split_once(&format!("<{name}>")).expect("an element");
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        (element("AccessKeyId"), element("SecretAccessKey"))
    }

    /// A role that anybody may assume.
    pub(crate) fn role(&self, name: &str) {
        self.iam(&format!("CreateRole&RoleName={name}&AssumeRolePolicyDocument=%7B%7D"));
    }
}
