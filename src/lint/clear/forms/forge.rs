//! Tokens of code hosts and package registries.

use super::{Form, form};

pub(super) static FORMS: &[Form] = &[
    form(
        "a GitHub token",
        "opens what its user, app or workflow may on GitHub",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        r"gh[pousr]_[A-Za-z0-9]{36,255}\b",
        &["gh", "p_7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq"],
    ),
    form(
        "a GitHub fine-grained token",
        "opens what its user chose on GitHub",
        &["github_pat_"],
        r"github_pat_[A-Za-z0-9_]{22,255}\b",
        &["github", "_pat_11AQm2vXkP0aTgR5nUeW8b_Yd3LzHc4fSj9EoKq1M7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1Mab"],
    ),
    form(
        "a GitLab token",
        "opens what its user, project, runner or agent may on GitLab",
        &[
            "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-",
            "glffct-",
        ],
        r"gl(?:pat|dt|rt|ptt|cbt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}",
        &["gl", "pat-7Qm2vXkP0aTgR5nUeW8b"],
    ),
    form(
        "an Atlassian token",
        "opens what its user may in Jira, Confluence or Bitbucket",
        &["ATATT3", "ATCTT3", "ATBB"],
        r"(?:AT[AC]TT3[A-Za-z0-9_=-]{40,}|ATBB[A-Za-z0-9]{32})",
        &["ATA", "TT3xFfGF07Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2vX=AB12CD34"],
    ),
    form(
        "an npm token",
        "publishes packages on npm",
        &["npm_"],
        r"npm_[A-Za-z0-9]{36}\b",
        &["np", "m_7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq"],
    ),
    form(
        "the token of an npm registry",
        "publishes packages on the registry",
        &["_authToken=", "_authToken ="],
        r#"_authToken ?= ?"?([A-Za-z0-9_/+=.-]{20,})"#,
        &["_auth", "Token=", "7a2b0c5d-8e3f-4a9b-1c6d-7e2f0a5b8c3d"],
    ),
    form(
        "a PyPI token",
        "publishes packages on PyPI",
        &["pypi-A"],
        r"pypi-A[A-Za-z0-9_-]{20,}",
        &["py", "pi-AgEIcHlwaS5vcmcCJ7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2vXkP0aTgR5nUeW8bYd3L"],
    ),
    form(
        "a RubyGems token",
        "publishes gems",
        &["rubygems_"],
        r"rubygems_[a-f0-9]{48}\b",
        &["ruby", "gems_7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b7c2d0e5f"],
    ),
    form(
        "a NuGet key",
        "publishes packages on NuGet",
        &["oy2"],
        r"oy2[a-z0-9]{43}\b",
        &["oy", "2a7b3c9d5e1f8g2h6i4j0k7l3m9n5o1p8q2r6s4t0u7v"],
    ),
    form(
        "a Docker Hub token",
        "pulls and pushes images as its user",
        &["dckr_pat_", "dckr_oat_"],
        r"dckr_[po]at_[A-Za-z0-9_-]{20,}",
        &["dckr", "_pat_7Qm2vXkP0aTgR5nUeW8bYd3LzHc"],
    ),
    form(
        "an Artifactory key",
        "opens what its user may in Artifactory",
        &["AKCp"],
        r"AKCp[A-Za-z0-9]{60,80}\b",
        &["AK", "Cp7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9E"],
    ),
    form(
        "a Buildkite token",
        "opens what its user may in Buildkite",
        &["bkua_"],
        r"bkua_[a-z0-9]{40}\b",
        &["bk", "ua_7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b"],
    ),
    form(
        "a CircleCI token",
        "opens what its user may in CircleCI",
        &["CCIPAT_", "CCIPRJ_"],
        r"CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}\b",
        &["CCI", "PAT_7Qm2vXkP0aTgR5nUeW8bYd_7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b"],
    ),
];
