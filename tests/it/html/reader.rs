//! A reader: with the keyboard, with a phone, without a script, in the dark.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CANARY, page};
use crate::support::servers::{self, Browser};

/// The key, as WebDriver writes it.
const ESCAPE: &str = "\u{e00c}";

/// Whether lines that stay are seen, in the view that is shown.
const UNFOLDED: &str = "return [...document.querySelectorAll('#c3 .fold')].some(e => e.checkVisibility())";

/// A Deployment long enough that not all of it is shown, a Secret of which only the value changes, one new, one gone.
fn sample(folder: &Path) -> PathBuf {
    let deployment = |image: &str| {
        let labels: String = (1..=20).map(|number| format!("    label-{number}: needle-{number}\n")).collect();
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n{labels}spec:\n  \
             template:\n    spec:\n      containers:\n        - name: web\n          image: registry.example.com/web:{image} # pinned\n"
        )
    };
    let secret = |key: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: payment\nstringData:\n  password: <path:a/b#{key}>\n")
    };
    let map = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: b\n");
    let (old, new) = (deployment("1.2.3"), deployment("1.3.0"));
    let before = [
        ("web/deployment.yaml", &*old),
        ("secret.yaml", &secret("old")),
        ("gone.yaml", &map("gone")),
        ("same.yaml", &map("same")),
    ];
    let after = [
        ("web/deployment.yaml", &*new),
        ("secret.yaml", &secret("new")),
        ("new.yaml", &map("new")),
        ("same.yaml", &map("same")),
    ];
    page(folder, &before, &after)
}

fn opened() -> Option<Browser> {
    let browser = servers::browser()?;
    browser.open(&sample(browser.folder()));
    Some(browser)
}

/// The titles of the changes that are to be seen.
fn shown(browser: &Browser) -> Vec<String> {
    let titles =
        browser.ask("return [...document.querySelectorAll('article:not([hidden]) h2 b')].map(e => e.textContent)");
    serde_json::from_value(titles).unwrap()
}

#[test]
fn the_page_says_what_changes_and_shows_no_secret() {
    let Some(browser) = opened() else { return };
    let text = fs::read_to_string(browser.folder().join("page.html")).unwrap();
    assert!(!text.contains(CANARY) && !text.contains("enE3WGszdlduOVJiNVRnM"), "the canary, plain or in Base64");
    assert_eq!(browser.ask("return document.querySelector('h1').innerText"), "4 of 5 resources change");
    let counts = browser.ask("return document.querySelector('.counts').innerText.split(/\\s+/).join(' ')");
    assert_eq!(counts, "2 changed 1 added 1 removed 1 unchanged 1 secret values only");
    assert_eq!(shown(&browser), ["new", "payment", "web", "gone"], "in the order of the files");
    let badges = browser.ask(
        "return [...document.querySelectorAll('.badge')].map(e => e.closest('article').querySelector('b').textContent)",
    );
    assert_eq!(badges, json!(["payment"]));
    let places = browser.ask("return [...document.querySelectorAll('.where')].map(e => e.textContent)");
    let web = "before/web/deployment.yaml:1 → after/web/deployment.yaml:1";
    let secret = "before/secret.yaml:1 → after/secret.yaml:1";
    assert_eq!(places, json!(["after/new.yaml:1", secret, web, "before/gone.yaml:1"]));
    let words = "return [...document.querySelectorAll('#c3 .inline u')].map(e => e.textContent)";
    assert_eq!(browser.ask(words), json!(["2", "3", "3", "0"]), "the numbers of the image's version that differ");
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn everything_is_done_with_the_keyboard() {
    let Some(browser) = opened() else { return };
    let current = "return document.querySelector('article.current h2 b').textContent";
    browser.press("jj");
    assert_eq!(browser.ask(current), "payment");
    browser.press("k");
    assert_eq!(browser.ask(current), "new");
    assert_eq!(browser.ask("return document.activeElement.closest('article').id"), "c1", "the focus goes along");

    let open = "return document.querySelectorAll('article details[open]').length";
    browser.press("o");
    assert_eq!(browser.ask(open), 3);
    browser.press("oO");
    assert_eq!(browser.ask(open), 0);
    browser.press("O");
    assert_eq!(browser.ask(open), 4);

    browser.press("jj");
    assert_eq!(browser.ask(UNFOLDED), false);
    browser.press("x");
    assert_eq!(browser.ask(UNFOLDED), true);
    browser.press("x");
    assert_eq!(browser.ask(UNFOLDED), false);

    let before = browser.ask("return [getComputedStyle(document.body).backgroundColor]");
    browser.press("t");
    assert_ne!(browser.ask("return [getComputedStyle(document.body).backgroundColor]"), before);

    browser.press("?");
    assert_eq!(browser.ask("return document.getElementById('help').open"), true);
    browser.press(ESCAPE);
    assert_eq!(browser.ask("return document.getElementById('help').open"), false);
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn both_views_show_the_same_lines() {
    let Some(browser) = opened() else { return };
    let visible =
        "return ['.inline', '.split'].map(view => document.querySelector('#c3 ' + view)?.checkVisibility() ?? false)";
    let views = [browser.ask(visible), {
        browser.press("jjjv");
        browser.ask(visible)
    }];
    assert!(views.contains(&json!([true, false])) && views.contains(&json!([false, true])), "{views:?}");
    let side = |number: usize| {
        browser.ask(&format!("return [...document.querySelectorAll('#c3 .split tbody:not(.gap) tr')].map(r => r.cells[{number}].textContent)"))
    };
    let inline = |class: &str| {
        browser.ask(&format!("return [...document.querySelectorAll('#c3 .inline tbody:not(.gap) tr:not(.{class})')].map(r => r.cells[2].textContent)"))
    };
    if views[1] == json!([true, false]) {
        browser.press("v");
    }
    assert_eq!((side(1), side(3)), (inline("a"), inline("d")));
    assert!(side(3).to_string().contains("web:1.3.0 # pinned"));
    browser.press("v");
    browser.open(&browser.folder().join("page.html"));
    browser.press("jjj");
    assert_eq!(browser.ask(visible), json!([true, false]), "the view is remembered");
}

#[test]
fn a_search_finds_names_and_lines_that_are_folded() {
    let Some(browser) = opened() else { return };
    for (typed, expected) in [
        ("payment", &["payment"][..]),
        ("CONFIGMAP", &["new", "gone"]),
        ("web/deploy", &["web"]),
        ("label-9: needle", &["web"]),
        ("configmap needle", &[]),
    ] {
        browser.press(&format!("/{typed}"));
        assert_eq!(shown(&browser), expected, "{typed}");
        let links =
            browser.ask("return [...document.querySelectorAll('nav li a')].filter(e => e.checkVisibility()).length");
        assert_eq!(links, expected.len(), "{typed}");
        let said = browser.ask("return document.getElementById('found').textContent");
        assert_eq!(said, format!("{} of 4 changes", expected.len()));
        browser.press(ESCAPE);
        assert_eq!(shown(&browser).len(), 4);
        browser.press(ESCAPE);
    }
    assert_eq!(browser.ask(UNFOLDED), true, "unfolded by what was found in it");
    browser.ask("document.querySelector('[data-show=secret]').click()");
    assert_eq!(shown(&browser), ["payment"]);
}

#[test]
fn without_a_script_everything_is_shown() {
    let Some(browser) = servers::browser() else { return };
    let file = sample(browser.folder());
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.open(&file);
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false }));
    assert_eq!(browser.ask("return document.documentElement.className"), "", "the script did not run");
    let lines = browser.ask(
        "return [...document.querySelectorAll('.inline tbody:not(.gap) tr')].filter(e => !e.checkVisibility()).length",
    );
    assert_eq!(lines, 0, "lines that are not shown");
    let gaps =
        browser.ask("return [...document.querySelectorAll('.gap, #tools')].filter(e => e.checkVisibility()).length");
    assert_eq!(gaps, 0, "buttons that do nothing");
}

#[test]
fn nothing_sticks_out_of_a_phone() {
    let Some(browser) = opened() else { return };
    let phone = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", phone);
    assert_eq!(browser.ask("return document.documentElement.scrollWidth"), 360);
    assert_eq!(
        browser.ask("return document.querySelector('#c3 .inline').checkVisibility()"),
        true,
        "one side below the other"
    );
}

#[test]
fn every_text_can_be_read_in_the_light_and_in_the_dark() {
    let Some(browser) = opened() else { return };
    for _ in 0..2 {
        let faint = browser.ask(include_str!("contrast.js"));
        assert_eq!(faint, json!([]), "texts with a contrast below 4.5");
        browser.press("t");
    }
}
