//! Vault's section of docs/backends.md: readings, logins and failures.

use super::auth::LOGINS;
use crate::words::list;

/// The section, as Markdown.
pub(super) fn page() -> String {
    let mut page = READING.to_owned();
    for login in LOGINS {
        let settings = list::quoted(login.setting_names());
        page.push_str(&format!("| `{}` | {} | {settings} |\n", login.name(), login.doc));
    }
    page + FAILING
}

const READING: &str = "
### What is read

A path is read as it is written. The answer's shape tells KV version 2 (`data` and `metadata`) from version 1;
`AVP_KV_VERSION` or `avp.kubernetes.io/kv-version` says it instead. A path of a KV version 2 mount without `data/` is
understood, with a warning: where the answer is 404 or 403, the mount is asked for once
(`sys/internal/ui/mounts/PATH`). *Missing*, for `default` and `remove-missing`, is what Vault itself calls so: a 404 without
an error, a version that is deleted or destroyed, no mount. Any other 404 is a failure. Versions are those of KV version 2. Any other path that can be read works too
(`database/creds/x`), and with parameters the endpoints that give a secret to those who write (`pki/issue/web?common_name=…`): no other path is written.

A namespace, which OpenBao and Vault Enterprise have, is that of `VAULT_NAMESPACE`, for a resource that of its annotation
`avp.kubernetes.io/namespace`, or the front part of a path: `team-a/secret/data/app`, whose mounts are asked for there.

With a tenant, Vault's own paths (`auth`, `sys`, `identity`, `cubbyhole`, `audit`, in whatever namespace) are refused but for the
prefixes that the operator lists in `AVP_SYSTEM_PATHS`. For everybody, a value that is or holds a credential which the renderer uses
(its token, the token's accessor, a secret id, a password, …) is an error.

Up to 64 requests of a process are under way at once, each secret is read once a run. Over TLS the first one goes ahead: where the server speaks
HTTP/2, as Vault does, its connection carries all the others.

KV version 2 itself rounds numbers beyond 2^53 and drops trailing zeros before anybody can read them; KV version 1 and
text keep every digit.

### Logins

One login a run, at the first reading, in the namespace of `VAULT_NAMESPACE`. `AVP_AUTH_TYPE` chooses:

| login | what it is | settings |
|---|---|---|
";

const FAILING: &str = "
The token is kept until shortly before its end in `$XDG_CACHE_HOME/vault-render`, else `~/.cache/vault-render`: a file of
its owner's alone, named by a digest of address, namespace, login, mount, role and credential. It is not kept where that
cannot be written, where the folder is a link or another user's, where `AVP_DISABLE_TOKEN_CACHE` says so, and where it may be used
a limited number of times.

### When something fails

- A reading is tried again, with growing waits, after 502, 503, 504 and broken connections (`VAULT_MAX_RETRIES` times), once
  after 500, and four times as often after 429, whose `Retry-After` counts. All of it ends at `VAULT_CLIENT_TIMEOUT`, and the
  whole run, helm and kustomize included, at `AVP_TIMEOUT`: by default after 50 seconds in Argo CD, elsewhere never. [Faults](faults.md) lists
  what a user sees of each.
- A login is sent once, as repeated ones use up secret ids and lock accounts; it is repeated only where it cannot have run: no connection,
  a node that serves nobody, 429 and 412.
- What soon passes is waited for as 503 is: a new KV engine (400 `Upgrading from non-versioned…`), a node that is about to lead
  (`cannot write to readonly storage`), a replica that lags (412 `required index state not present`). The newest `X-Vault-Index` of the
  answers is sent on.
- `VAULT_ADDR` may name the nodes of **one** cluster, separated by commas: a node that cannot be reached, is sealed or has no leader is left for
  the next, at once. One token is for all of them.
- `AVP_WAIT` says how long to wait for a Vault that is sealed, starts or elects a leader, logins included; without it such a Vault is an error after
  the retries. It adds to `VAULT_CLIENT_TIMEOUT`, and ends with `AVP_TIMEOUT`.
- A token that has expired or is used up is replaced by one more login a run, which all readings share.
- A message about a path that is missing or denied says who asked: the address, the login with its mount and role, and, but for a tenant,
  the policies of its token. For a missing path the names beside it are asked for, once a folder and run, and the near ones are named that the
  requester may read. That takes `list` on the folder (with KV version 2 below `metadata/`), which nothing else needs.
- When Vault is sealed or cannot be reached, the readings that wait are not tried.
- A standby's redirect is followed once, for the same request, from `https` to `https` on a host of `VAULT_ADDR`, or to exactly one of
  its nodes; any other is an error that names where it leads.
- Of what a server sends, no credential of the session is shown, whatever encoding it is in. Where one of less than eight letters stands in
  the server's words, they are left out as a whole.
- `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` count, except for this machine itself; `VAULT_PROXY_ADDR` is a proxy for Vault alone, whatever its
  address.
- A Vault Agent or Proxy is asked at `VAULT_AGENT_ADDR`, which wins over `VAULT_ADDR`, or at `VAULT_ADDR`; `unix:///PATH` is a socket. All requests
  bear `X-Vault-Request: true`.
- A tenant's own `VAULT_ADDR` never leads to a socket, or to a loopback or link-local address, once it is looked up: whoever answers there
  lends the operator's identity. `AVP_TENANT_SETTINGS=VAULT_ADDR` allows it.
- An answer of more than 32 MiB is refused.

The system's certificate authorities are trusted, or Mozilla's where the system has none. With `VAULT_TLS_SERVER_NAME` the
certificate must bear that name; the name that is asked for in the handshake (SNI) stays the address's.
";
