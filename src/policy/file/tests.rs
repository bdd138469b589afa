//! What rules decide, in the order of docs/tenants.md: who, what, login, limits.

use std::sync::Arc;
use std::time::Duration;

use super::PolicyFile;
use crate::backend;
use crate::config::{Config, SettingSources};
use crate::error::Errors;
use crate::policy::{Effects, Limits, Policy, Requester, Tally};
use crate::secret::{Access, SecretId, Usage, Version, path_and_parameters};
use crate::source::{Place, Source, Span};

fn parsed(text: &str) -> Result<PolicyFile, Errors> {
    PolicyFile::parse(&Arc::new(Source::new("policy.yaml", text)), backend::settings())
}

fn file(text: &str) -> PolicyFile {
    parsed(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn config(settings: &[(&str, &str)]) -> Config {
    let environment = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Config::read(SettingSources { environment, ..SettingSources::default() }, backend::settings()).0
}

/// The settings of a pod with a login that has roles.
const KUBERNETES: [(&str, &str); 2] = [("AVP_AUTH_TYPE", "k8s"), ("VAULT_ADDR", "https://vault")];

fn policy(rules: &str, requester: &str) -> Policy {
    let file = file(&format!("rules: {rules}"));
    Policy::of(&config(&KUBERNETES), Requester::parse(requester).unwrap(), Some(&file))
}

/// An access written `NAMESPACE:PATH@VERSION#KEY | MODIFIER`, all but the path optional.
fn access(written: &str) -> Access {
    let (written, modifier) = written.split_once(" | ").map_or((written, None), |(rest, name)| (rest, Some(name)));
    let modifiers = modifier.map(|name| if name == "base64encode" { "base64encode" } else { "jsonPath" });
    let (written, key) = written.split_once('#').map_or((written, None), |(rest, key)| (rest, Some(key.to_owned())));
    let (scope, written) = written.split_once(':').map_or((None, written), |(scope, rest)| (Some(scope), rest));
    let (path, version) = written.split_once('@').map_or((written, None), |(path, version)| (path, Some(version)));
    let (path, parameters) = path_and_parameters(path).unwrap();
    let (scope, version) = (scope.map(str::to_owned), version.map(Version::new));
    let id = SecretId { scope, path: path.to_owned(), version, parameters, ..SecretId::default() };
    let usage = Usage { key, modifiers: modifiers.into_iter().collect() };
    Access { id, usage, place: Place::new(Arc::new(Source::new("app.yaml", "a: b")), Span::new(0, 1)) }
}

fn is_allowed(rules: &str, requester: &str, written: &str) -> bool {
    policy(rules, requester).judge(&[access(written)]).refusals.is_empty()
}

#[test]
fn the_first_allow_that_matches_decides_and_a_deny_counts_wherever_it_stands() {
    let rules = "[{allow: {paths: [secret/data/shop/**]}, login: {role: one}}, \
                  {allow: {paths: [secret/**]}, login: {role: two}}, {deny: {paths: ['**/admin']}}]";
    for (written, expected) in [
        ("secret/data/shop/db", Ok("role one")),
        ("secret/data/rival/db", Ok("role two")),
        ("kv/data/shop/db", Err(None)),
        ("secret/data/shop/admin", Err(Some(3))),
    ] {
        let explanation = policy(rules, "project=shop").explain(&[access(written)]).remove(0);
        let number = explanation.rule.map(|rule| rule.number);
        match expected {
            Ok(login) => assert_eq!(explanation.verdict.unwrap(), login, "{written}"),
            Err(rule) => assert_eq!((explanation.verdict.is_err(), number), (true, rule), "{written}"),
        }
    }
    assert!(!is_allowed("[{deny: {paths: [a]}}]", "project=shop", "b"), "nothing that matches means denied");
}

#[test]
fn a_rule_is_about_the_requesters_whose_every_named_part_matches() {
    for (who, requester, expected) in [
        ("{}", "project=", true),
        ("{project: shop}", "project=shop,app=web", true),
        ("{project: shop}", "project=shop2", false),
        ("{project: shop}", "app=shop", false),
        ("{project: [cart, shop]}", "project=shop", true),
        ("{project: 'shop-*'}", "project=shop-eu", true),
        ("{project: shop, app: web}", "project=shop,app=api", false),
        ("{app: '{project}-*'}", "project=shop,app=shop-web", true),
        ("{app: '{project}-*'}", "project=shop,app=rival-web", false),
        ("{namespace: 'prod-*'}", "namespace=prod-1", true),
        ("{repo: 'https://git.test/shop/*'}", "repo=https://git.test/shop/web.git", true),
        ("{repo: 'https://git.test/*'}", "repo=https://git.test/shop/web.git", false),
        ("{repo: 'https://git.test/**'}", "repo=https://git.test/shop/web.git", true),
    ] {
        let rules = format!("[{{who: {who}, allow: {{}}}}]");
        assert_eq!(is_allowed(&rules, requester, "secret/data/app"), expected, "{who} {requester}");
    }
}

#[test]
fn an_allow_needs_every_aspect_and_a_deny_one() {
    for (scope, written, allowed, denied) in [
        ("{paths: ['secret/data/{project}/*']}", "secret/data/shop/db", true, true),
        ("{paths: ['secret/data/{app}/*']}", "secret/data/shop/db", false, true), // an unknown part
        ("{versions: ['1', '2']}", "a@2", true, true),
        ("{versions: ['1', '2']}", "a@3", false, false),
        ("{versions: [latest]}", "a", true, true),
        ("{keys: [user, 'pass*']}", "a#password", true, true),
        ("{keys: [user]}", "a#password", false, false),
        ("{keys: [user]}", "a", false, true), // the whole secret
        ("{keys: ['*']}", "a", true, true),
        ("{modifiers: [base64encode]}", "a#k", true, false),
        ("{modifiers: [base64encode]}", "a#k | base64encode", true, true),
        ("{modifiers: [base64encode]}", "a#k | jsonPath", false, false),
        ("{stores: [vault]}", "a", true, true),
        ("{stores: [file]}", "a", false, false),
        ("{namespaces: [root]}", "a", true, true),
        ("{namespaces: ['team-*']}", "team-a:a", true, true),
        ("{}", "team-a:a", false, true), // not the settings' own namespace
        ("{creates: true}", "pki/issue/web?ttl=1h", true, true),
        ("{creates: false}", "pki/issue/web?ttl=1h", false, false),
        ("{settings: [file]}", "a", true, false),
    ] {
        assert_eq!(is_allowed(&format!("[{{allow: {scope}}}]"), "project=shop", written), allowed, "{scope} {written}");
        let rules = format!("[{{deny: {scope}}}, {{allow: {{namespaces: ['**']}}}}]");
        assert_eq!(!is_allowed(&rules, "project=shop", written), denied, "deny {scope} {written}");
    }
}

/// Even where the operator lets a tenant choose the namespace, an allow without `namespaces` is about the operator's.
#[test]
fn a_tenants_own_namespace_is_not_the_settings_own() {
    let file = file("rules: [{allow: {paths: [a]}}, {allow: {paths: [b], namespaces: ['team-*']}}]");
    let chosen = [("AVP_TENANT_SETTINGS", "VAULT_NAMESPACE"), ("ARGOCD_ENV_VAULT_NAMESPACE", "team-x")];
    let config =
        config(&[&KUBERNETES[..], &[("VAULT_NAMESPACE", "prod"), ("ARGOCD_APP_NAME", "web")], &chosen].concat());
    let policy = Policy::of(&config, Requester::parse("project=shop").unwrap(), Some(&file));
    let refused = |written: &str| policy.judge(&[access(written)]).refusals.len();
    assert_eq!(["a", "b"].map(refused), [1, 0]);
}

#[test]
fn what_only_the_store_knows_is_left_to_it() {
    for (rules, written, expected) in [
        ("[{allow: {}}]", "database/creds/app", Effects::Any),
        ("[{allow: {creates: false}}]", "database/creds/app", Effects::Nothing),
        ("[{deny: {creates: true}}, {allow: {}}]", "database/creds/app", Effects::Nothing),
        ("[{allow: {creates: true}}]", "database/creds/app", Effects::Creates),
    ] {
        let policy = policy(rules, "project=shop");
        let grant = policy.judge(&[access(written)]).grants.into_iter().next().unwrap();
        assert_eq!(grant.effects(), expected, "{rules}");
        let is_refused = [true, false].map(|creates| policy.effect_refusal(&grant, creates).is_some());
        assert_eq!(is_refused, [expected == Effects::Nothing, expected == Effects::Creates], "{rules}");
    }
}

#[test]
fn the_role_follows_the_project_and_an_unsafe_one_is_refused() {
    let rules = "[{allow: {}, login: {role: 'app-{project}'}}]";
    let explained = |requester: &str| policy(rules, requester).explain(&[access("a")]).remove(0).verdict;
    assert_eq!(explained("project=shop").unwrap(), "role app-shop");
    for requester in ["app=web", "project=../admin", "project=a/b", "project=a\u{2215}b", "project=*"] {
        assert!(explained(requester).is_err(), "{requester}");
    }
}

#[test]
fn a_login_of_the_file_has_settings_of_its_own() {
    let text = "rules: [{allow: {}, login: {name: team-a}}]\n\
                logins: {team-a: {AVP_AUTH_TYPE: approle, AVP_ROLE_ID: role-a, AVP_SECRET_ID: {env: TEAM_A}}}";
    let requester = || Requester::parse("project=shop").unwrap();
    let settings = [("TEAM_A", "secret-of-a"), ("AVP_ROLE_ID", "role-0"), ("AVP_SECRET_ID", "secret-0")];
    let named = |settings: &[(&str, &str)]| {
        let policy = Policy::of(&config(&[&KUBERNETES, settings].concat()), requester(), Some(&file(text)));
        let grant = policy.judge(&[access("a")]).grants.into_iter().next().unwrap();
        let crate::policy::Login::Named(named) = grant.login().clone() else { panic!("a login of its own") };
        named
    };
    let login = named(&settings);
    let config = login.config.as_ref().unwrap();
    let text_of = |name: &str| config.setting(name).map(|setting| setting.text.to_string()).unwrap();
    assert_eq!(["AVP_AUTH_TYPE", "AVP_ROLE_ID", "AVP_SECRET_ID"].map(text_of), ["approle", "role-a", "secret-of-a"]);
    assert!(named(&[]).config.is_err(), "the variable is not set");
    let elsewhere = [&settings[..], &[("ARGOCD_ENV_VAULT_ADDR", "https://evil"), ("ARGOCD_APP_NAME", "web")]].concat();
    let own = [
        &elsewhere[..],
        &[
            ("ARGOCD_ENV_AVP_ROLE_ID", "own"),
            ("ARGOCD_ENV_AVP_SECRET_ID", "own"),
            ("ARGOCD_ENV_AVP_AUTH_TYPE", "approle"),
        ],
    ]
    .concat();
    assert!(named(&own).config.is_err(), "the operator's secret id would travel to a tenant's address");
}

#[test]
fn limits_are_the_rules_that_allow_and_the_tightest_hold_for_the_run() {
    let rules = "[{allow: {paths: ['a*']}, limits: {secrets: 2, seconds: 20}}, \
                  {allow: {}, limits: {value_bytes: 10, seconds: 1m, renders: 3}}]";
    let policy = policy(rules, "project=shop");
    let expected =
        Limits { secrets: Some(2), value_bytes: Some(10), seconds: Some(Duration::from_secs(20)), renders: Some(3) };
    assert_eq!(policy.limits(), expected);
    let mut tally = Tally::default();
    let mut refused = |written: &[&str]| {
        let accesses: Vec<Access> = written.iter().map(|written| access(written)).collect();
        policy.judge_within(&accesses, &mut tally).refusals.len()
    };
    assert_eq!([refused(&["a1", "a1#x", "b1"]), refused(&["a2", "b2", "b3"]), refused(&["a3", "a1"])], [0, 0, 1]);
}

#[test]
fn what_is_wrong_has_a_place_and_a_way_out() {
    for (text, place, detail) in [
        ("", "1:1", "the policy file is empty"),
        ("# nothing\n", "1:1", "the policy file is empty"),
        ("rules: []", "1:1", "a policy file without `rules` denies everything"),
        ("rule: []", "1:1", "a policy file has no `rule`"),
        ("rules: [{allow: {}}]\n---\nrules: []", "2:1", "a policy file is one document"),
        ("rules:\n- allow: {path: [a]}", "2:11", "`allow` has no `path`"),
        ("rules:\n- allow: {paths: []}", "2:18", "`paths` is empty"),
        (
            "rules:\n- allow: {paths: ['a/{team}']}",
            "2:19",
            "the pattern `a/{team}` has `{team}`, which stands for nothing",
        ),
        ("rules:\n- {}", "2:3", "rule 1 has not exactly one of `allow` and `deny`"),
        ("rules:\n- {allow: {}, deny: {}}", "2:3", "rule 1 has not exactly one of `allow` and `deny`"),
        ("rules:\n- {deny: {}, login: {role: a}}", "2:3", "rule 1 denies, so its login and limits have no effect"),
        ("rules:\n- {allow: {}, login: {name: a}}", "2:29", "there is no login `a`"),
        ("rules:\n- {allow: {}, limits: {seconds: soon}}", "2:33", "`seconds` is not a time above 0"),
        ("rules:\n- {allow: {}, allow: {}}", "2:15", "rule 1 has `allow` twice"),
        (
            "rules: [{allow: {}}]\nlogins: {a: {VAULT_ADDR: https://x}}",
            "2:26",
            "`VAULT_ADDR` is not a setting of a login",
        ),
        (
            "rules: [{allow: {}}]\nlogins: {a: {AVP_SECRET_ID: {env: ARGOCD_ENV_X}}}",
            "2:29",
            "`ARGOCD_ENV_X` may be a tenant's",
        ),
        ("rules: [{allow: {}}]\ntests: [{as: {team: a}, allow: [b]}]", "2:15", "`as` has no `team`"),
        ("rules: [{allow: {}}]\ntests: [{allow: ['a/%2e/b']}]", "2:18", "the path `a/%2e/b` holds"),
        ("rules: {", "1:8", ""),
    ] {
        let errors = parsed(text).map(|_| ()).expect_err(text);
        let first = errors.iter().next().unwrap();
        let at = first.place.as_ref().map(|place| place.line_column()).map(|(line, column)| format!("{line}:{column}"));
        assert!(first.detail.starts_with(detail), "{text}: {}", first.detail);
        assert!(
            detail.is_empty() || (at.as_deref() == Some(place) && first.hint.is_some()),
            "{text}: {at:?} {first:?}"
        );
    }
}

#[test]
fn a_secret_in_a_policy_file_is_refused_and_its_line_is_not_shown() {
    let errors =
        parsed("rules: [{allow: {}}]\nlogins: {a: {AVP_AUTH_TYPE: approle, AVP_SECRET_ID: canary}}").unwrap_err();
    assert!(errors.iter().all(|error| error.hidden && !format!("{error:?}").contains("`canary`")), "{errors:?}");
}

#[test]
fn a_test_of_the_file_fails_where_the_rules_decide_otherwise() {
    let text = "rules: [{who: {project: shop}, allow: {paths: [secret/data/shop/*], keys: [user]}}, {deny: {paths: ['**/admin']}}]\n\
                tests:\n\
                - {as: {project: shop}, allow: [secret/data/shop/db#user, secret/data/shop/db, secret/data/shop/admin#user], deny: [secret/data/shop/x#user]}\n\
                - {as: {project: rival}, deny: [secret/data/shop/db#user]}";
    let failures: Vec<String> = file(text).failures().iter().map(|error| error.detail.clone()).collect();
    let expected = [
        "no rule allows `secret/data/shop/db` for project `shop`",
        "`secret/data/shop/admin` is denied by rule 2 (policy.yaml:1) for project `shop`",
        "`secret/data/shop/x` is allowed by rule 1 (policy.yaml:1) for project `shop`",
    ];
    assert_eq!(failures, expected);
}

#[test]
fn a_tenant_is_not_told_of_rules() {
    let rules = "rules: [{deny: {paths: ['secret/data/rival/**']}}]";
    let refusal = |settings: &[(&str, &str)]| {
        let policy = Policy::of(&config(settings), Requester::parse("project=shop").unwrap(), Some(&file(rules)));
        policy.judge(&[access("secret/data/rival/db")]).errors().remove(0).detail
    };
    assert!(refusal(&[]).contains("denied by rule 1"));
    let told = refusal(&[("ARGOCD_APP_NAME", "web")]);
    assert!(told.contains("no rule of the policy allows it to project `shop`") && !told.contains("rule 1"), "{told}");
}
