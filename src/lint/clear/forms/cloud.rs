//! Tokens of Vault and of cloud providers.

use super::check::is_random;
use super::{Form, form};

pub(super) static FORMS: &[Form] = &[
    form(
        "a Vault service token",
        "opens what its policies allow in HashiCorp Vault or OpenBao",
        &["hvs."],
        r"hvs\.[A-Za-z0-9_-]{20,}",
        &["hvs", ".CAESIJ7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS"],
    ),
    form(
        "a Vault batch token",
        "opens what its policies allow in HashiCorp Vault or OpenBao",
        &["hvb."],
        r"hvb\.[A-Za-z0-9_-]{20,}",
        &["hvb", ".AAAAAQJ7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS"],
    ),
    form(
        "a Vault recovery token",
        "opens a Vault in recovery mode",
        &["hvr."],
        r"hvr\.[A-Za-z0-9_-]{20,}",
        &["hvr", ".CAESIJ7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS"],
    ),
    form(
        "a Vault token",
        "opens what its policies allow in Vault before 1.10, or in OpenBao",
        &["s.", "b."],
        r"[sb]\.[A-Za-z0-9]{24}(?:[^A-Za-z0-9_.(-]|\.[^A-Za-z0-9]|\.?$)",
        &["s", ".7Qm2vXkP0aTgR5nUeW8bYd3L"],
    )
    .checked(is_random),
    form(
        "an HCP Terraform token",
        "opens HCP Terraform or Terraform Enterprise",
        &[".atlasv1."],
        r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}",
        &["7Qm2vXkP0aTgR5", ".atlas", "v1.", "nUeW8bYd3LzHc4fS7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS7Qm2vXkP0aTgR5nUeW"],
    )
    .before(14),
    form(
        "an AWS access key's id",
        "names a key of AWS; the secret key is often beside it",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"A(?:KI|SI|BI|CC)A[A-Z0-9]{16}\b",
        &["AKI", "AZ7QM2VXKP4TGR5NU"],
    ),
    form(
        "an AWS secret access key",
        "opens what its user may in AWS",
        &[
            "secret_access_key",
            "SECRET_ACCESS_KEY",
            "secretAccessKey",
            "SecretAccessKey",
            "secret-access-key",
            "secretaccesskey",
            "aws_secret_key",
            "AWS_SECRET_KEY",
            "awsSecretKey",
        ],
        r#"(?i)[a-z_-]+(?:[\s:=,"'\\]|value|\\n)*?[:=\s"']([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
        &["aws_secret_access_key = ", "7Qm2vXkP0aTgR5nUeW8b", "Yd3LzHc4fS/j9+EoKq1M"],
    )
    .before(24)
    .checked(is_random),
    form(
        "a Google API key",
        "opens the APIs of Google that it is not barred from",
        &["AIza"],
        r"AIza[A-Za-z0-9_-]{35}\b",
        &["AI", "zaSy7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9E"],
    ),
    form(
        "a Google OAuth client's secret",
        "lets a program pass as the client",
        &["GOCSPX-"],
        r"GOCSPX-[A-Za-z0-9_-]{28}",
        &["GOC", "SPX-7Qm2vXkP0aTgR5nUeW8bYd3LzHc4"],
    ),
    form(
        "a Google OAuth access token",
        "opens what its user may in Google's APIs, for an hour",
        &["ya29."],
        r"ya29\.[A-Za-z0-9_-]{20,}",
        &["ya", "29.7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS"],
    ),
    form(
        "an Azure storage account's key",
        "opens the whole storage account",
        &["AccountKey="],
        r"AccountKey=([A-Za-z0-9+/]{86}==)",
        &[
            "Account",
            "Key=",
            "7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M",
            "7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2vXkP0a",
            "==",
        ],
    ),
    form(
        "an Azure shared access key",
        "opens a service bus, an event hub or an IoT hub",
        &["SharedAccessKey=", "SharedSecretKey="],
        r"Shared(?:Access|Secret)Key=([A-Za-z0-9+/]{42,43}=)",
        &["SharedAccess", "Key=", "7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2v", "="],
    ),
    form(
        "a secret of an Entra ID application",
        "lets a program pass as the application in Azure",
        &["7Q~", "8Q~"],
        r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}",
        &["abc", "8Q", "~7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9E"],
    )
    .before(3)
    .checked(is_random),
    form(
        "an Azure DevOps token",
        "opens what its user may in Azure DevOps",
        &["AZDO"],
        r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b",
        &["7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M", "7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M", "AZ", "DO7Qm2"],
    )
    .before(76),
    form(
        "an Alibaba Cloud access key's id",
        "names a key of Alibaba Cloud; the secret is often beside it",
        &["LTAI"],
        r"LTAI[A-Za-z0-9]{16,20}\b",
        &["LT", "AI7Qm2vXkP0aTgR5nUeW8b"],
    )
    .checked(is_random),
    form(
        "a DigitalOcean token",
        "opens what its user may in DigitalOcean",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_[a-f0-9]{64}\b",
        &["dop", "_v1_", "7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d", "4e9f1a6b7c2d0e5f8a3b4c9d1e6f7a2b"],
    ),
    form(
        "a Databricks token",
        "opens what its user may in Databricks",
        &["dapi"],
        r"dapi[a-f0-9]{32}(?:-\d)?\b",
        &["da", "pi7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d"],
    ),
    form(
        "a Pulumi token",
        "opens what its user may in Pulumi Cloud",
        &["pul-"],
        r"pul-[a-f0-9]{40}\b",
        &["pu", "l-7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b"],
    ),
    form(
        "a Tailscale key",
        "adds machines to a tailnet, or opens its API",
        &["tskey-"],
        r"tskey-[a-z]+-[A-Za-z0-9-]{16,}",
        &["tskey", "-auth-k7Qm2vXkP0CNTRL-aTgR5nUeW8bYd3LzHc4fS"],
    ),
];
