//! What the realm signs by, and which browsers it knows. A key of its own at each start.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::App;

/// How long a browser is remembered, and a page waits.
const REMEMBERED: Duration = Duration::from_secs(1800);

/// A request that waits for somebody to sign in and agree.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) redirect: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<String>,
    /// Somebody signed in for it.
    pub(super) known: bool,
    until: Instant,
}

impl Asked {
    pub(super) fn new(
        redirect: String,
        state: Option<String>,
        nonce: Option<String>,
        challenge: Option<String>,
    ) -> Self {
        Self { redirect, state, nonce, challenge, known: false, until: Instant::now() + REMEMBERED }
    }
}

/// The realm's memory and its pen.
pub(crate) struct Realm {
    key: EcdsaKeyPair,
    kid: String,
    random: SystemRandom,
    asked: Mutex<HashMap<String, Asked>>,
    browsers: Mutex<HashMap<String, Instant>>,
}

impl Realm {
    /// # Errors
    /// When the system gives no randomness.
    pub(crate) fn new() -> Result<Self, String> {
        let random = SystemRandom::new();
        let no_key = |_| "no signing key could be made".to_owned();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(no_key)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random)
            .map_err(|e| e.to_string())?;
        let kid = uuid::Uuid::new_v4().simple().to_string();
        Ok(Self { key, kid, random, asked: Mutex::default(), browsers: Mutex::default() })
    }

    /// As a JSON Web Key.
    pub(super) fn public_key(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.kid, "use": "sig", "alg": "ES256" })
    }

    /// Who signed in, for whom, signed.
    pub(super) fn id_token(&self, app: &App, nonce: Option<&str>, access: &str, grant: &str) -> String {
        let now = jiff::Timestamp::now().as_second();
        let digest = sha2::Sha256::digest(access.as_bytes());
        let mut claims = json!({
            "iss": format!("{}/realms/geoplateforme", app.origin), "sub": app.account.user, "aud": app.account.client_id,
            "azp": app.account.client_id, "iat": now, "auth_time": now, "exp": now + 300, "sid": grant,
            "at_hash": URL_SAFE_NO_PAD.encode(&digest[..16]),
            "preferred_username": app.account.username, "email": crate::api::CONTACT,
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid })), part(&claims));
        match self.key.sign(&self.random, text.as_bytes()) {
            Ok(signature) => format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())),
            Err(_) => String::new(),
        }
    }

    pub(super) fn wait(&self, asked: Asked) -> String {
        let name = super::secret();
        if let Ok(mut held) = self.asked.lock() {
            held.retain(|_, a| a.until > Instant::now());
            held.insert(name.clone(), asked);
        }
        name
    }

    pub(super) fn waiting(&self, name: &str) -> Option<Asked> {
        self.asked.lock().ok()?.get(name).filter(|a| a.until > Instant::now()).cloned()
    }

    pub(super) fn known(&self, name: &str) {
        if let Ok(mut held) = self.asked.lock()
            && let Some(asked) = held.get_mut(name)
        {
            asked.known = true;
        }
    }

    pub(super) fn done(&self, name: &str) -> Option<Asked> {
        self.asked.lock().ok()?.remove(name)
    }

    pub(super) fn remember(&self) -> String {
        let name = super::secret();
        if let Ok(mut held) = self.browsers.lock() {
            held.retain(|_, until| *until > Instant::now());
            held.insert(name.clone(), Instant::now() + REMEMBERED);
        }
        name
    }

    pub(super) fn remembers(&self, name: &str) -> bool {
        self.browsers.lock().is_ok_and(|held| held.get(name).is_some_and(|until| *until > Instant::now()))
    }

    pub(super) fn forget_browsers(&self) {
        if let Ok(mut held) = self.browsers.lock() {
            held.clear();
        }
    }
}
