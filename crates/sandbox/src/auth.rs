//! The sandbox's own identity provider: Keycloak's paths, one account, opaque access tokens, signed
//! ID tokens. Its pages are in `pages`, its signature in `realm`.

mod pages;
mod realm;

pub(crate) use pages::{agree, authorize, sign_in};
pub(crate) use realm::Realm;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Digest;

use crate::App;

/// The one account, made at the first start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) user: String,
    pub(crate) community: String,
    pub(crate) datastore: String,
}

impl Account {
    pub(crate) fn load_or_make(data: &Path) -> std::io::Result<Self> {
        let path = data.join("account.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return serde_json::from_str(&text).map_err(std::io::Error::other);
        }
        let id = || uuid::Uuid::new_v4().to_string();
        let account = Self {
            client_id: "quai-sandbox".to_owned(),
            client_secret: id(),
            username: "sandbox".to_owned(),
            password: id(),
            user: id(),
            community: id(),
            datastore: id(),
        };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        serde_json::to_writer_pretty(options.open(&path)?, &account)?;
        Ok(account)
    }
}

/// Tokens and codes given, and until when they hold.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    tokens: Mutex<HashMap<String, Token>>,
    codes: Mutex<HashMap<String, Code>>,
}

#[derive(Debug)]
struct Token {
    use_: Use,
    until: Instant,
    /// What was agreed to once: all that came of it ends together.
    grant: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Use {
    Access,
    Refresh,
    /// Good once: a second use ends the whole grant, for one of the two holders is a thief.
    Spent,
}

/// What an authorization code was given for; used once.
#[derive(Debug)]
struct Code {
    redirect: String,
    challenge: Option<String>,
    nonce: Option<String>,
    until: Instant,
    grant: String,
    used: bool,
}

fn secret() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

impl Tokens {
    fn give(&self, use_: Use, seconds: u64, grant: &str) -> String {
        let token = secret();
        if let Ok(mut held) = self.tokens.lock() {
            held.retain(|_, t| t.until > Instant::now());
            let until = Instant::now() + Duration::from_secs(seconds);
            held.insert(token.clone(), Token { use_, until, grant: grant.to_owned() });
        }
        token
    }

    pub(crate) fn opens(&self, token: &str) -> bool {
        let holds = |t: &Token| t.use_ == Use::Access && t.until > Instant::now();
        self.tokens.lock().is_ok_and(|held| held.get(token).is_some_and(holds))
    }

    /// Spends a refresh token; gives its grant when it was good.
    fn spend(&self, token: &str) -> Option<String> {
        let mut held = self.tokens.lock().ok()?;
        let found = held.get_mut(token).filter(|t| t.until > Instant::now())?;
        let (use_, grant) = (found.use_, found.grant.clone());
        match use_ {
            Use::Refresh => {
                found.use_ = Use::Spent;
                Some(grant)
            }
            Use::Spent => {
                held.retain(|_, t| t.grant != grant);
                None
            }
            Use::Access => None,
        }
    }

    /// Ends all that came of one agreement.
    fn end(&self, grant: &str) {
        if let Ok(mut held) = self.tokens.lock() {
            held.retain(|_, t| t.grant != grant);
        }
    }

    fn grant_of(&self, token: &str) -> Option<String> {
        self.tokens.lock().ok()?.get(token).map(|t| t.grant.clone())
    }
}

/// The bearer token of a request.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "))
}

fn refuse(status: StatusCode, error: &str, says: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": says }))).into_response()
}

/// `POST …/token`: password, client_credentials, refresh_token and authorization_code grants.
pub(crate) async fn token(State(app): State<App>, headers: HeaderMap, body: String) -> Response {
    let mut form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    if let Some((id, secret)) = basic(&headers) {
        form.entry("client_id".to_owned()).or_insert(id);
        form.entry("client_secret".to_owned()).or_insert(secret);
    }
    let has = |name: &str, wanted: &str| form.get(name).is_some_and(|v| v == wanted);
    let account = &app.account;
    let secret = form.get("client_secret").filter(|s| !s.is_empty());
    if !has("client_id", &account.client_id) || secret.is_some_and(|s| *s != account.client_secret) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "Invalid client or Invalid client credentials");
    }
    let disabled = app.switches().account_disabled;
    let mut nonce = None;
    let grant = match form.get("grant_type").map(String::as_str) {
        _ if disabled => None,
        Some("password") => {
            (has("username", &account.username) && has("password", &account.password)).then(self::secret)
        }
        Some("client_credentials") => secret.map(|_| self::secret()),
        Some("refresh_token") => form.get("refresh_token").and_then(|t| app.tokens.spend(t)),
        Some("authorization_code") => redeem(&app, &form).map(|(grant, asked)| {
            nonce = Some(asked);
            grant
        }),
        _ => return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant_type"),
    };
    let Some(grant) = grant else {
        let password = has("grant_type", "password");
        let says = match (disabled, password) {
            (true, _) => "User is disabled",
            (_, true) => "Invalid user credentials",
            _ if has("grant_type", "refresh_token") => "Token is not active",
            _ => "Code not valid",
        };
        let status = if password { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        return refuse(status, "invalid_grant", says);
    };
    let switches = app.switches();
    let seconds = switches.token_seconds;
    let refresh_seconds = switches.refresh_seconds.unwrap_or_else(|| seconds.saturating_mul(6));
    let access = app.tokens.give(Use::Access, seconds, &grant);
    let mut answer = json!({
        "access_token": access,
        "expires_in": seconds,
        "refresh_token": app.tokens.give(Use::Refresh, refresh_seconds, &grant),
        "refresh_expires_in": refresh_seconds,
        "token_type": "Bearer",
        "scope": "openid"
    });
    if let Some(nonce) = nonce {
        answer["id_token"] = app.realm.id_token(&app, nonce.as_deref(), &access, &grant).into();
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// A client that names itself by HTTP Basic.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    use base64::Engine;
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(value).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// Redeems a code; gives its grant, and the nonce it was asked with.
fn redeem(app: &App, form: &HashMap<String, String>) -> Option<(String, Option<String>)> {
    use base64::Engine;
    let mut codes = app.tokens.codes.lock().ok()?;
    let code = codes.get_mut(form.get("code")?)?;
    if code.used {
        // RFC 6749, 4.1.2: who redeems a code again may have stolen it
        app.tokens.end(&code.grant);
        return None;
    }
    code.used = true;
    let verified = match (&code.challenge, form.get("code_verifier")) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let digest = sha2::Sha256::digest(verifier.as_bytes());
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest) == *challenge
        }
        _ => false,
    };
    // without PKCE, the client must prove itself by its secret
    let proven = code.challenge.is_some() || form.get("client_secret").is_some_and(|s| !s.is_empty());
    let good = verified && proven && code.until > Instant::now() && form.get("redirect_uri") == Some(&code.redirect);
    good.then(|| (code.grant.clone(), code.nonce.clone()))
}

/// `POST …/revoke` (RFC 7009): always 200, whatever the token.
pub(crate) async fn revoke(State(app): State<App>, body: String) -> StatusCode {
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        if name == "token"
            && let Some(grant) = app.tokens.grant_of(&value)
        {
            app.tokens.end(&grant);
        }
    }
    StatusCode::OK
}

/// `GET` or `POST …/logout`
pub(crate) async fn logout(
    State(app): State<App>,
    Query(asked): Query<HashMap<String, String>>,
    body: String,
) -> Response {
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        if name == "refresh_token"
            && let Some(grant) = app.tokens.grant_of(&value)
        {
            app.tokens.end(&grant);
        }
    }
    app.realm.forget_browsers();
    let forget = (header::SET_COOKIE, pages::forgotten());
    let back = asked.get("post_logout_redirect_uri").and_then(|u| url::Url::parse(u).ok());
    match back.filter(pages::is_near) {
        Some(back) => (StatusCode::FOUND, [forget, (header::LOCATION, back.to_string())]).into_response(),
        None => (StatusCode::NO_CONTENT, [forget]).into_response(),
    }
}

/// `GET …/userinfo`
pub(crate) async fn userinfo(State(app): State<App>, request: Request) -> Response {
    match bearer(&request) {
        Some(token) if app.tokens.opens(token) => Json(json!({
            "sub": app.account.user, "preferred_username": app.account.username, "email": "bac-a-sable@example.org",
            "given_name": crate::api::FIRST_NAME, "family_name": crate::api::LAST_NAME
        }))
        .into_response(),
        _ => refuse(StatusCode::UNAUTHORIZED, "invalid_token", "Token verification failed"),
    }
}

/// `GET …/certs`: the key that signs ID tokens; access tokens are opaque.
pub(crate) async fn certs(State(app): State<App>) -> Response {
    Json(json!({ "keys": [app.realm.public_key()] })).into_response()
}

/// `GET /realms/geoplateforme/.well-known/openid-configuration`
pub(crate) async fn discovery(State(app): State<App>) -> Response {
    let realm = format!("{}/realms/geoplateforme", app.origin);
    let connect = format!("{realm}/protocol/openid-connect");
    Json(json!({
        "issuer": realm,
        "authorization_endpoint": format!("{connect}/auth"),
        "token_endpoint": format!("{connect}/token"),
        "userinfo_endpoint": format!("{connect}/userinfo"),
        "end_session_endpoint": format!("{connect}/logout"),
        "revocation_endpoint": format!("{connect}/revoke"),
        "jwks_uri": format!("{connect}/certs"),
        "grant_types_supported": ["authorization_code", "password", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "authorization_response_iss_parameter_supported": true,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
    }))
    .into_response()
}
