//! A stub of the four routes of GitHub's API that Vault's github login asks. GitHub itself cannot be had.

use super::{Faults, Request, Response};

/// One member of one team of one organization.
pub(crate) struct GithubStub {
    server: Faults,
}

impl GithubStub {
    /// The only token that GitHub knows.
    pub(crate) const TOKEN: &'static str = "ghp_stub_0123456789";

    pub(crate) fn start() -> Self {
        Self { server: Faults::start(|_, request| answer(request)) }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("{}/api/v3/", self.server.address)
    }

    pub(crate) fn organization(&self) -> &'static str {
        "acme"
    }

    pub(crate) fn team(&self) -> &'static str {
        "devs"
    }
}

fn answer(request: &Request) -> Response {
    let route = request.path.split('?').next().unwrap_or_default().trim_start_matches("/api/v3");
    let known = request.header("authorization").is_some_and(|token| token.ends_with(GithubStub::TOKEN));
    match route {
        // When the method is set up, without a token.
        "/orgs/acme" => Response::json(200, r#"{"id": 7, "login": "acme"}"#),
        _ if !known => Response::json(401, r#"{"message": "Bad credentials"}"#),
        "/user" => Response::json(200, r#"{"id": 42, "login": "ann"}"#),
        "/user/orgs" => Response::json(200, r#"[{"id": 7, "login": "acme"}]"#),
        "/user/teams" => Response::json(
            200,
            r#"[{"id": 3, "name": "Devs", "slug": "devs", "organization": {"id": 7, "login": "acme"}}]"#,
        ),
        _ => Response::json(404, r#"{"message": "Not Found"}"#),
    }
}
