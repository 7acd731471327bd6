//! What stops a sign-in. Each has a code; the sentences for people are the commands' affair.

use crate::error::{Kind, Refusal, Retry};

/// Why nobody is signed in, or no longer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// No answer: network, proxy, TLS.
    #[error("the identity provider does not answer: {0}")]
    Unreachable(String),
    /// What answers at the issuer's address is no OpenID provider, or is not over HTTPS.
    #[error("no OpenID provider at {issuer}: {says}")]
    Realm { issuer: String, says: String },
    /// Somebody else's answer: in the discovery document, the redirect or the ID token.
    #[error("expected the issuer {expected}, found {found}")]
    Issuer { expected: String, found: String },
    /// The redirect does not belong to the request that was made.
    #[error("the answer does not belong to this sign-in")]
    State,
    /// The ID token does not hold: signature, audience, nonce, time.
    #[error("the identity token does not hold: {0}")]
    Token(String),
    /// The person, or the provider, said no.
    #[error("refused: {0}")]
    Refused(String),
    /// The code was used already, or is too old.
    #[error("the authorization code does not hold: {0}")]
    Code(String),
    /// The client id or the redirect address is not known to the provider.
    #[error("the client is not accepted: {0}")]
    Client(String),
    /// Name, password or second factor.
    #[error("name or password not accepted: {0}")]
    Password(String),
    /// The refresh token ended or was revoked.
    #[error("the session has ended: {0}")]
    Ended(String),
    /// Nobody came back from the browser in time.
    #[error("nobody came back from the browser")]
    TimedOut,
    #[error("cancelled")]
    Cancelled,
    /// The redirect's port is taken, or its address is not this machine's.
    #[error("cannot listen on {redirect}: {says}")]
    Redirect { redirect: String, says: String },
    /// What keeps the session cannot be read or written.
    #[error("the session cannot be kept: {0}")]
    Keeping(String),
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// What software matches on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "SIGN_IN_UNREACHABLE",
            Self::Realm { .. } => "SIGN_IN_REALM",
            Self::Issuer { .. } => "SIGN_IN_ISSUER",
            Self::State => "SIGN_IN_STATE",
            Self::Token(_) => "SIGN_IN_TOKEN",
            Self::Refused(_) => "SIGN_IN_REFUSED",
            Self::Code(_) => "SIGN_IN_CODE",
            Self::Client(_) => "SIGN_IN_CLIENT",
            Self::Password(_) => "SIGN_IN_PASSWORD",
            Self::Ended(_) => "SIGNED_OUT",
            Self::TimedOut => "SIGN_IN_TIMEOUT",
            Self::Cancelled => "CANCELLED",
            Self::Redirect { .. } => "SIGN_IN_REDIRECT",
            Self::Keeping(_) => "NO_KEYCHAIN",
            Self::Other(_) => "SIGN_IN_OTHER",
        }
    }

    /// The same, as a request of the client that needed a token tells it.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let operation = "signing in";
        let (kind, retry) = match self {
            Self::Unreachable(_) => (Kind::Unreachable, Retry::Later),
            Self::Cancelled => (Kind::Cancelled, Retry::Never),
            Self::Realm { .. } | Self::Issuer { .. } | Self::Other(_) => (Kind::Unexpected, Retry::Never),
            _ => (Kind::SignedOut, Retry::Never),
        };
        Refusal { kind, retry, operation: operation.to_owned(), says: self.to_string(), status: None }
    }
}
