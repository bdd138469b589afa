//! An identity provider of the tests' own: it signs JSON Web Tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PKCS_ED25519, SigningKey as _};
use serde_json::{Value, json};

/// Signs tokens with a key of its own.
pub(crate) struct Issuer {
    key: KeyPair,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        Self { key: KeyPair::generate_for(&PKCS_ED25519).expect("a key") }
    }

    /// The public key, for Vault's `jwt_validation_pubkeys`; the algorithm is `EdDSA`.
    pub(crate) fn public_key(&self) -> String {
        self.key.public_key_pem()
    }

    /// A token of these claims, which is valid from now on for `seconds`; none are left if it is negative.
    pub(crate) fn token(&self, claims: &Value, seconds: i64) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time").as_secs();
        let now = i64::try_from(now).expect("a time");
        let mut claims = claims.clone();
        claims["iat"] = json!(now.min(now + seconds) - 1);
        claims["exp"] = json!(now + seconds);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "EdDSA", "typ": "JWT"})), part(&claims));
        let signature = self.key.sign(signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
