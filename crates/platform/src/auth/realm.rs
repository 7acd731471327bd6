//! An OpenID provider, as its discovery document describes it: authorization code with PKCE,
//! refresh, revocation, end of session. The protocol is `openidconnect`'s; this is its use.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, DiscoveryError, HttpRequest, HttpResponse, IssuerUrl, LoginHint, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::redirect::Door;
use super::trouble::Trouble;
use super::{Granted, Secret};

/// A client of `openidconnect`: its type says which endpoints are set, and cannot be named twice.
macro_rules! client {
    ($realm:expr) => {
        CoreClient::from_provider_metadata(
            $realm.metadata.clone(),
            ClientId::new($realm.settings.client_id.clone()),
            $realm.settings.client_secret.as_ref().map(|s| ClientSecret::new(s.reveal().to_owned())),
        )
    };
}

/// What a realm is asked by: no secret of anybody else's.
#[derive(Debug, Clone)]
pub struct RealmSettings {
    /// `https://sso.geopf.fr/realms/geoplateforme`.
    pub issuer: String,
    pub client_id: String,
    /// Of a confidential client; a desktop has none.
    pub client_secret: Option<Secret>,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    /// `http://127.0.0.1/callback` for any port, or one with its port.
    pub redirect: String,
}

/// Endpoints that `openidconnect` leaves to its users.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct More {
    #[serde(default)]
    revocation_endpoint: Option<Url>,
    #[serde(default)]
    end_session_endpoint: Option<Url>,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A provider that was found and read.
#[derive(Debug, Clone)]
pub struct Realm {
    settings: RealmSettings,
    metadata: Metadata,
    http: reqwest::Client,
}

/// Whom the sign-in is for.
#[derive(Debug, Clone, Default)]
pub struct SignInWish {
    /// Ask who it is, even if the browser still knows somebody.
    pub ask_again: bool,
    /// The name expected, already filled in.
    pub hint: Option<String>,
}

/// Who signed in, and what keeps them so.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The provider's own name for the person.
    pub subject: String,
    pub username: Option<String>,
    pub email: Option<String>,
    pub granted: Granted,
}

/// A sign-in under way in the browser.
#[derive(Debug)]
pub struct Pending {
    url: Url,
    door: Door,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    realm: Realm,
}

/// `openidconnect` through our own client: proxy and certificates are its affair.
struct Http<'a>(&'a reqwest::Client);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct HttpFault(String);

impl<'c> openidconnect::AsyncHttpClient<'c> for Http<'_> {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let http = self.0.clone();
        Box::pin(async move {
            let told = |e: reqwest::Error| HttpFault(crate::error::innermost(&e));
            let mut request = reqwest::Request::try_from(request).map_err(told)?;
            *request.timeout_mut() = Some(Duration::from_secs(30));
            let answer = http.execute(request).await.map_err(told)?;
            let mut response = HttpResponse::new(Vec::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await.map_err(told)?.to_vec();
            Ok(response)
        })
    }
}

/// Tokens may only go over HTTPS, or not leave the machine.
fn guarded(issuer: &str) -> Result<Url, String> {
    let url = Url::parse(issuer).map_err(|e| e.to_string())?;
    let near = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() == "https" || near { Ok(url) } else { Err("the address must begin with https://".to_owned()) }
}

impl Realm {
    /// Reads the discovery document and the keys.
    ///
    /// # Errors
    /// When nothing answers, or what answers is no OpenID provider, or another than was meant.
    pub async fn discover(settings: RealmSettings, http: &reqwest::Client) -> Result<Self, Trouble> {
        let issuer = settings.issuer.clone();
        let realm = |says: String| Trouble::Realm { issuer: issuer.clone(), says };
        guarded(&settings.issuer).map_err(realm)?;
        let url = IssuerUrl::new(settings.issuer.clone()).map_err(|e| realm(e.to_string()))?;
        let metadata = Metadata::discover_async(url, &Http(http)).await.map_err(|fault| match fault {
            DiscoveryError::Request(fault) => Trouble::Unreachable(fault.0),
            DiscoveryError::Validation(says) if says.contains("issuer") => {
                let found = says.split('`').nth(1).unwrap_or(&says).to_owned();
                Trouble::Issuer { expected: issuer.clone(), found }
            }
            DiscoveryError::Response(status, ..) => realm(format!("HTTP {}", status.as_u16())),
            other => realm(other.to_string()),
        })?;
        Ok(Self { settings, metadata, http: http.clone() })
    }

    /// Opens the door of the redirect and gives the address that the browser must visit.
    ///
    /// # Errors
    /// When the redirect's port is taken.
    pub async fn begin(self, wish: &SignInWish) -> Result<Pending, Trouble> {
        let door = Door::open(&self.settings.redirect).await?;
        let client = client!(self).set_redirect_uri(redirect(&door.address)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut asked =
            client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        for scope in &self.settings.scopes {
            asked = asked.add_scope(Scope::new(scope.clone()));
        }
        // a session that outlives the browser's must be agreed to (OpenID Connect Core, 11)
        let offline = self.settings.scopes.iter().any(|s| s == "offline_access");
        match (wish.ask_again, offline) {
            (true, true) => asked = asked.add_prompt(CoreAuthPrompt::Login).add_prompt(CoreAuthPrompt::Consent),
            (true, false) => asked = asked.add_prompt(CoreAuthPrompt::Login),
            (false, true) => asked = asked.add_prompt(CoreAuthPrompt::Consent),
            (false, false) => {}
        }
        if let Some(hint) = &wish.hint {
            asked = asked.set_login_hint(LoginHint::new(hint.clone()));
        }
        let (url, state, nonce) = asked.url();
        Ok(Pending { url, door, state, nonce, verifier, realm: self })
    }

    /// Renews: a new access token for a refresh token, and perhaps another refresh token.
    ///
    /// # Errors
    /// [`Trouble::Ended`] when the session is over.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Granted, Trouble> {
        let token = RefreshToken::new(refresh.reveal().to_owned());
        let client = client!(self);
        let request = client.exchange_refresh_token(&token).map_err(|e| self.no_token_endpoint(&e))?;
        let answer = request.request_async(&Http(&self.http)).await.map_err(|fault| refused(fault, Trouble::Ended))?;
        Ok(granted(&answer))
    }

    /// Tells the provider that the session is over. A provider without such an endpoint is not told.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn revoke(&self, refresh: &Secret) -> Result<(), Trouble> {
        let more = self.metadata.additional_metadata();
        let mut form = vec![("client_id", self.settings.client_id.as_str())];
        if let Some(secret) = &self.settings.client_secret {
            form.push(("client_secret", secret.reveal()));
        }
        let url = match (&more.revocation_endpoint, &more.end_session_endpoint) {
            (Some(url), _) => {
                form.extend([("token", refresh.reveal()), ("token_type_hint", "refresh_token")]);
                url
            }
            // Keycloak ends a session that is named by its refresh token
            (None, Some(url)) => {
                form.push(("refresh_token", refresh.reveal()));
                url
            }
            (None, None) => return Ok(()),
        };
        let sent = self.http.post(url.clone()).form(&form).timeout(Duration::from_secs(15)).send().await;
        let answer = sent.map_err(|e| Trouble::Unreachable(crate::error::innermost(&e)))?;
        if answer.status().is_success() { Ok(()) } else { Err(Trouble::Other(format!("HTTP {}", answer.status()))) }
    }

    /// The page that ends the browser's own session, when the provider has one. It asks the person
    /// first: an ID token would spare the question, but a browser's address is among its arguments,
    /// which every program of the machine may read.
    #[must_use]
    pub fn end_session(&self) -> Option<Url> {
        let mut url = self.metadata.additional_metadata().end_session_endpoint.clone()?;
        url.query_pairs_mut().append_pair("client_id", &self.settings.client_id);
        Some(url)
    }

    /// Where tokens are asked for, for the grants without a browser.
    #[must_use]
    pub fn token_url(&self) -> Option<String> {
        self.metadata.token_endpoint().map(|url| url.as_str().to_owned())
    }

    fn no_token_endpoint(&self, fault: &dyn std::fmt::Display) -> Trouble {
        Trouble::Realm { issuer: self.settings.issuer.clone(), says: fault.to_string() }
    }

    /// From the code of the redirect to tokens, each checked.
    async fn redeem(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
        nonce: &Nonce,
        back: &Url,
    ) -> Result<SignedIn, Trouble> {
        let client = client!(self).set_redirect_uri(redirect(back)?);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|e| self.no_token_endpoint(&e))?;
        let sent = request.set_pkce_verifier(verifier).request_async(&Http(&self.http)).await;
        let answer = sent.map_err(|fault| refused(fault, Trouble::Code))?;
        let id = answer.id_token().ok_or_else(|| Trouble::Token("there is none".to_owned()))?;
        let holder = client.id_token_verifier();
        let claims = id.claims(&holder, nonce).map_err(|fault| self.unsound(&fault))?;
        if let Some(expected) = claims.access_token_hash() {
            let unsound = |says: String| Trouble::Token(says);
            let algorithm = id.signing_alg().map_err(|e| unsound(e.to_string()))?;
            let key = id.signing_key(&holder).map_err(|e| unsound(e.to_string()))?;
            let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if found.map_err(|e| unsound(e.to_string()))? != *expected {
                return Err(unsound("it belongs to another access token".to_owned()));
            }
        }
        Ok(SignedIn {
            subject: claims.subject().to_string(),
            username: claims.preferred_username().map(|n| n.to_string()),
            email: claims.email().map(|e| e.to_string()),
            granted: granted(&answer),
        })
    }

    fn unsound(&self, fault: &ClaimsVerificationError) -> Trouble {
        match fault {
            ClaimsVerificationError::InvalidIssuer(says) => {
                let found = says.split('`').nth(3).unwrap_or(says).to_owned();
                Trouble::Issuer { expected: self.settings.issuer.clone(), found }
            }
            other => Trouble::Token(other.to_string()),
        }
    }
}

fn redirect(address: &Url) -> Result<RedirectUrl, Trouble> {
    RedirectUrl::new(address.to_string()).map_err(|e| Trouble::Other(e.to_string()))
}

fn granted(answer: &CoreTokenResponse) -> Granted {
    Granted {
        access: Secret::new(answer.access_token().secret().clone()),
        seconds: answer.expires_in().map(|d| d.as_secs()),
        refresh: answer.refresh_token().map(|t| Secret::new(t.secret().clone())),
    }
}

/// What the token endpoint says; `invalid_grant` means something else at each of its doors.
fn refused(
    fault: RequestTokenError<HttpFault, StandardErrorResponse<CoreErrorResponseType>>,
    grant: impl Fn(String) -> Trouble,
) -> Trouble {
    match fault {
        RequestTokenError::Request(fault) => Trouble::Unreachable(fault.0),
        RequestTokenError::ServerResponse(answer) => {
            let says = answer.error_description().cloned().unwrap_or_else(|| answer.error().to_string());
            match answer.error() {
                CoreErrorResponseType::InvalidGrant => grant(says),
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                    Trouble::Client(says)
                }
                _ => Trouble::Other(says),
            }
        }
        RequestTokenError::Parse(fault, _) => Trouble::Other(fault.to_string()),
        RequestTokenError::Other(says) => Trouble::Other(says),
    }
}

impl Pending {
    /// The address that the browser must visit.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Waits for the browser to come back, and checks what it brings.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn finish(mut self, patience: Duration, cancel: &CancellationToken) -> Result<SignedIn, Trouble> {
        let (brought, tell) = tokio::select! {
            brought = self.door.wait() => brought?,
            () = tokio::time::sleep(patience) => return Err(Trouble::TimedOut),
            () = cancel.cancelled() => return Err(Trouble::Cancelled),
        };
        let back = self.door.address.clone();
        let of = |name: &str| brought.get(name).map(String::as_str);
        let outcome = if of("state") != Some(self.state.secret().as_str()) {
            Err(Trouble::State)
        } else if let Some(found) = of("iss").filter(|iss| *iss != self.realm.settings.issuer) {
            // RFC 9207: an answer from another provider than the one asked
            Err(Trouble::Issuer { expected: self.realm.settings.issuer.clone(), found: found.to_owned() })
        } else if let Some(error) = of("error") {
            let says = of("error_description").unwrap_or(error).to_owned();
            Err(match error {
                "unauthorized_client" | "invalid_client" => Trouble::Client(says),
                _ => Trouble::Refused(says),
            })
        } else {
            let code = of("code").unwrap_or_default().to_owned();
            tokio::select! {
                outcome = self.realm.redeem(code, self.verifier, &self.nonce, &back) => outcome,
                () = cancel.cancelled() => Err(Trouble::Cancelled),
            }
        };
        let _ = tell.send(outcome.is_ok());
        self.door.close().await;
        outcome
    }
}
