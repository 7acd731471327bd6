//! What the platform answered when it did not say yes. Whether to try again is decided here, where
//! the answer is read, and nowhere else.

use serde_json::Value;

/// What sort of no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong, or the state forbids it.
    Invalid,
    Unauthorized,
    /// The session has ended, or the identity provider does not take the account's word.
    SignedOut,
    Forbidden,
    NotFound,
    /// Deleted by an earlier try of the same request, whose answer was lost.
    Gone,
    Conflict,
    TooLarge,
    /// The platform is busy or away.
    Unavailable,
    /// Not offered.
    NotImplemented,
    /// No answer at all: network, proxy, TLS.
    Unreachable,
    /// An answer that could not be read.
    Unexpected,
    Cancelled,
}

/// Whether the same request may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    Never,
    Later,
}

/// A refusal, with the platform's own sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {says}")]
pub struct Refusal {
    pub kind: Kind,
    pub retry: Retry,
    /// What was being done, as `POST /datastores/…/uploads`.
    pub operation: String,
    pub says: String,
    pub status: Option<u16>,
}

impl Refusal {
    pub(crate) fn from_status(operation: &str, status: u16, body: &str) -> Self {
        let kind = match status {
            401 => Kind::Unauthorized,
            403 => Kind::Forbidden,
            404 => Kind::NotFound,
            409 => Kind::Conflict,
            413 => Kind::TooLarge,
            501 => Kind::NotImplemented,
            429 | 500 | 502 | 503 | 504 => Kind::Unavailable,
            400..=499 => Kind::Invalid,
            _ => Kind::Unexpected,
        };
        let retry = if kind == Kind::Unavailable { Retry::Later } else { Retry::Never };
        Self { kind, retry, operation: operation.to_owned(), says: sentence(status, body), status: Some(status) }
    }

    pub(crate) fn unreachable(operation: &str, fault: &reqwest::Error) -> Self {
        let says = innermost(fault);
        Self { kind: Kind::Unreachable, retry: Retry::Later, operation: operation.to_owned(), says, status: None }
    }

    pub(crate) fn unexpected(operation: &str, says: impl Into<String>) -> Self {
        Self {
            kind: Kind::Unexpected,
            retry: Retry::Never,
            operation: operation.to_owned(),
            says: says.into(),
            status: None,
        }
    }

    #[must_use]
    pub fn cancelled(operation: &str) -> Self {
        Self { kind: Kind::Cancelled, ..Self::unexpected(operation, "cancelled") }
    }
}

/// What lies at the bottom of a network's fault.
pub(crate) fn innermost(fault: &dyn std::error::Error) -> String {
    let mut last = fault;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

/// The platform's sentence: `error_description` is an array of French sentences, or one, or absent.
fn sentence(status: u16, body: &str) -> String {
    let parsed: Option<Value> = serde_json::from_str(body).ok();
    let read = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => {
            Some(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")).filter(|s| !s.is_empty())
        }
        _ => None,
    };
    parsed
        .as_ref()
        .and_then(|p| ["error_description", "message", "error"].iter().find_map(|m| p.get(m).and_then(read)))
        .unwrap_or_else(|| format!("HTTP {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_sentence_is_found_in_every_form_it_takes() {
        for (body, says) in [
            (r#"{"error":"bad","error_description":["a","b"]}"#, "a b"),
            (r#"{"error":"bad","error_description":"a"}"#, "a"),
            (r#"{"message":"m"}"#, "m"),
            (r#"{"error":"bad"}"#, "bad"),
            ("", "HTTP 400"),
            ("<html>", "HTTP 400"),
        ] {
            assert_eq!(Refusal::from_status("x", 400, body).says, says);
        }
    }

    #[test]
    fn only_a_busy_platform_is_asked_again() {
        for (status, retry) in
            [(400, Retry::Never), (401, Retry::Never), (409, Retry::Never), (429, Retry::Later), (503, Retry::Later)]
        {
            assert_eq!(Refusal::from_status("x", status, "").retry, retry, "{status}");
        }
    }
}
