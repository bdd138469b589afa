//! `diff --format html` in a real browser: a reader can use the page, and a manifest cannot take it over.

mod hostile;
mod reader;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::program;

/// In no page, in no form.
const CANARY: &str = "zq7Xk3vWn9Rb5Tg2";

/// Renders the page of two folders of files into `folder`.
fn page(folder: &Path, before: &[(&str, &str)], after: &[(&str, &str)]) -> PathBuf {
    for (side, files) in [("before", before), ("after", after)] {
        fs::create_dir_all(folder.join(side)).unwrap();
        for (name, text) in files {
            let file = folder.join(side).join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    fs::write(folder.join("secrets.yaml"), format!("a/b: {{ old: '{CANARY}-old', new: '{CANARY}-new', count: 3 }}\n"))
        .unwrap();
    let arguments = ["diff", "after", "--base", "before", "--format", "html", "--secrets", "secrets.yaml"];
    let output = program(arguments).folder(folder).output();
    let page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &*output.stderr),
        (Some(1), &b""[..]),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let file = folder.join("page.html");
    fs::write(&file, page).unwrap();
    file
}
