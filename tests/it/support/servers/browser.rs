//! A headless Chromium for the tests, driven over WebDriver: the actions of a reader, and their effects.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Api;
use super::process::{self, Process};

/// The browser ends with its driver, however that ends.
const CHROMIUM: &str = "#!/bin/sh\nexec setpriv --pdeathsig KILL chromium \"$@\"\n";

/// Keeps to itself: no service of its maker is called, and root needs no sandbox of user namespaces.
const ARGUMENTS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=1440,900",
];

/// A running browser with one window.
pub(crate) struct Browser {
    api: Api,
    session: String,
    process: Process,
}

impl Browser {
    /// `driver` is chromedriver.
    pub(super) fn start(driver: &Path) -> Self {
        process::retry(|| Self::try_start(driver))
    }

    fn try_start(driver: &Path) -> Result<Self, String> {
        let (home, port) = (process::home("browser"), process::free_port());
        let chromium = chromium(&home);
        let process = Process::start("chromedriver", &home, driver, &[format!("--port={port}")]);
        let api = Api::new(&format!("http://127.0.0.1:{port}"), None, None);
        process.wait(|| api.try_get("status").filter(|answer| answer.body["value"]["ready"] == true))?;
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", home.join("profile").display()));
        let capabilities = json!({
            "goog:chromeOptions": { "binary": chromium, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let answer = api.post("session", &json!({ "capabilities": { "alwaysMatch": capabilities } }));
        let Some(id) = answer.body["value"]["sessionId"].as_str() else { return Err(answer.text) };
        let browser = Self { session: format!("session/{id}"), api, process };
        // Away from the browser's own first page.
        browser.post("url", json!({ "url": "about:blank" }));
        Ok(browser)
    }

    /// Opens a file and waits until it is there.
    pub(crate) fn open(&self, file: &Path) {
        self.post("url", json!({ "url": format!("file://{}", file.display()) }));
    }

    /// What a function's body returns in the page.
    #[track_caller]
    pub(crate) fn ask(&self, body: &str) -> Value {
        self.post("execute/sync", json!({ "script": body, "args": [] }))
    }

    /// Presses keys, one after the other.
    pub(crate) fn press(&self, keys: &str) {
        let press = |key: char| ["keyDown", "keyUp"].map(|what| json!({ "type": what, "value": key.to_string() }));
        let keys: Vec<Value> = keys.chars().flat_map(press).collect();
        self.post("actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": keys }] }));
    }

    /// The console messages of the page and the browser since the last call.
    pub(crate) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// The addresses that the page requested since the last call.
    pub(crate) fn requests(&self) -> Vec<String> {
        let events = self.log("performance");
        let events = events.iter().filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok());
        let requests = events.filter(|event: &Value| event["message"]["method"] == "Network.requestWillBeSent");
        requests
            .map(|event| event["message"]["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// A command of the DevTools protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.post("se/log", json!({ "type": kind })).as_array().cloned().unwrap_or_default()
    }

    #[track_caller]
    fn post(&self, command: &str, body: Value) -> Value {
        self.api.post(&format!("{}/{command}", self.session), &body).ok()["value"].take()
    }

    /// A folder that goes when the browser goes.
    pub(crate) fn folder(&self) -> &Path {
        self.process.home()
    }
}

impl Drop for Browser {
    /// The browser closes by itself; if not, it goes with its driver.
    fn drop(&mut self) {
        self.api.delete(&self.session);
    }
}

/// The program that the driver starts.
fn chromium(home: &Path) -> PathBuf {
    let file = home.join("chromium");
    fs::write(&file, CHROMIUM).expect("the folder is ours");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    file
}
