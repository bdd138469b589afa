//! What the tenant rules make of a setting. Knows no setting by name.

/// What a setting is in the eyes of the tenant rules (`trust.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The address that a credential travels to.
    Address,
    /// A namespace or mount at that address.
    Mount,
    /// What proves who asks.
    Credential,
    /// A credential that TLS shows to an address, below every login: namespaces, mounts and logins do not concern it.
    TlsKey,
    /// What the operator locks: its default counts as set.
    Narrowing,
    /// What the operator has set, a tenant may only tighten; where the operator has said nothing, tenants choose.
    Limit(Tighter),
    /// A limit of which the default counts as set.
    Ceiling(Tighter),
    /// Whom the credential of the same login speaks for.
    Identity,
    /// What a tenant may always choose: it says which secrets, and narrows nothing.
    Free,
    /// Whom TLS believes to be that address: as an address, and locked once the operator has set any of them.
    Verification,
    /// A file's or folder's name.
    File,
    /// The choice of a store or a login.
    Login,
}

/// Which of two values of a limit is the tighter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tighter {
    /// The smaller number.
    Fewer,
    /// The shorter duration; `0` is for ever, so the loosest.
    Shorter,
    /// The lower rate with the smaller burst.
    Slower,
    /// The switch that is on.
    On,
}
