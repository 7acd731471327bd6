//! The grants without a browser, and which one a proof of identity calls for.

use std::time::Duration;

use serde::Deserialize;

use super::trouble::Trouble;
use super::{Credentials, Granted, Secret};

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct No {
    error: String,
    error_description: Option<String>,
}

/// Asks for a token as the credentials say.
pub(super) async fn grant(http: &reqwest::Client, credentials: &Credentials) -> Result<Granted, Trouble> {
    match credentials {
        Credentials::Token(token) => Ok(Granted { access: token.clone(), seconds: None, refresh: None }),
        Credentials::Session(session) => session.renew(http).await,
        Credentials::ClientCredentials { token_url, client_id, client_secret } => {
            let form = vec![
                ("grant_type", "client_credentials".to_owned()),
                ("client_id", client_id.clone()),
                ("client_secret", client_secret.reveal().to_owned()),
            ];
            ask(http, token_url, &form).await
        }
        Credentials::Password { token_url, client_id, client_secret, username, password, totp } => {
            let mut form = vec![
                ("grant_type", "password".to_owned()),
                ("client_id", client_id.clone()),
                ("username", username.clone()),
                ("password", password.reveal().to_owned()),
            ];
            if let Some(secret) = client_secret {
                form.push(("client_secret", secret.reveal().to_owned()));
            }
            if let Some(factor) = totp {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                form.push(("totp", digits(factor.reveal(), now.map(|t| t.as_secs()).unwrap_or_default())?));
            }
            ask(http, token_url, &form).await
        }
    }
}

/// Tries credentials before they are kept.
///
/// # Errors
/// See [`Trouble`].
pub async fn prove(http: &reqwest::Client, credentials: &Credentials) -> Result<Granted, Trouble> {
    grant(http, credentials).await
}

async fn ask(http: &reqwest::Client, url: &str, form: &[(&str, String)]) -> Result<Granted, Trouble> {
    let unreachable = |e: reqwest::Error| Trouble::Unreachable(crate::error::innermost(&e));
    let answer = http.post(url).form(form).timeout(Duration::from_secs(30)).send().await.map_err(unreachable)?;
    let status = answer.status();
    let body = answer.text().await.map_err(unreachable)?;
    if status.is_success() {
        let answer: Answer = serde_json::from_str(&body)
            .map_err(|_| Trouble::Other("the identity provider's answer holds no token".to_owned()))?;
        return Ok(Granted {
            access: Secret::new(answer.access_token),
            seconds: answer.expires_in,
            refresh: answer.refresh_token.map(Secret::new),
        });
    }
    let no: No = serde_json::from_str(&body).unwrap_or_default();
    let says = no.error_description.unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
    Err(match (no.error.as_str(), status.as_u16()) {
        ("invalid_client" | "unauthorized_client", _) => Trouble::Client(says),
        // Keycloak answers 400 as well as 401 to a wrong password
        ("invalid_grant", _) | ("", 400 | 401) => Trouble::Password(says),
        (_, 429 | 500..) => Trouble::Unreachable(says),
        _ => Trouble::Other(says),
    })
}

/// The digits to send: those given, or those that a seed gives at a time (seconds since 1970).
fn digits(factor: &str, seconds: u64) -> Result<String, Trouble> {
    let factor: String = factor.split_whitespace().collect();
    if factor.len() <= 8 && factor.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(factor);
    }
    let seed = totp_rs::Secret::try_from_base32(factor.to_uppercase())
        .map_err(|_| Trouble::Password("the second factor is neither six digits nor a seed in base32".to_owned()))?;
    // as Keycloak does by default: SHA-1, six digits, thirty seconds; its seeds may be short
    let totp = totp_rs::Builder::new().with_algorithm(totp_rs::Algorithm::SHA1).with_secret(seed).build_noncompliant();
    Ok(totp.generate(seconds).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_digits_of_the_standards_own_example() {
        // RFC 6238, appendix B: the last six of 94287082
        assert_eq!(digits("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 59).unwrap(), "287082");
        assert_eq!(digits(" 123 456 ", 59).unwrap(), "123456");
        assert!(digits("not a seed!", 59).is_err());
    }
}
