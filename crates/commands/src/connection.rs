//! Which platform to speak to, and as whom: what is given, then the environment, then the settings,
//! then the sandbox.

use std::path::{Path, PathBuf};

use model::Failure;
use platform::auth::{Credentials, Secret};
use platform::{Client, Connection};
use serde::{Deserialize, Serialize};

use crate::Workplace;
use crate::account::stored_password;

/// What was given, each member on its own.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub api: Option<String>,
    pub token_url: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub token: Option<Secret>,
    pub datastore: Option<String>,
    pub ca_file: Option<PathBuf>,
}

impl Given {
    /// What the environment gives: `QUAI_API_URL`, `QUAI_TOKEN_URL`, `QUAI_CLIENT_ID`,
    /// `QUAI_CLIENT_SECRET`, `QUAI_USERNAME`, `QUAI_PASSWORD`, `QUAI_TOKEN`, `QUAI_DATASTORE`.
    #[must_use]
    pub fn from_environment() -> Self {
        let named = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let secret = |name: &str| named(name).map(Secret::new);
        Self {
            api: named("QUAI_API_URL"),
            token_url: named("QUAI_TOKEN_URL"),
            client_id: named("QUAI_CLIENT_ID"),
            client_secret: secret("QUAI_CLIENT_SECRET"),
            username: named("QUAI_USERNAME"),
            password: secret("QUAI_PASSWORD"),
            token: secret("QUAI_TOKEN"),
            datastore: named("QUAI_DATASTORE"),
            ca_file: named("QUAI_CA_FILE").map(PathBuf::from),
        }
    }
}

/// What the settings file keeps: never a secret.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) api: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) datastore: Option<String>,
}

impl Settings {
    pub(crate) fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join("settings.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Flags, environment or settings.
    Named,
    Sandbox,
}

/// A platform within reach.
#[derive(Debug, Clone)]
pub struct Reach {
    pub client: Client,
    pub datastore: String,
    pub origin: Origin,
}

/// Reaches the platform that is named, or the sandbox when none is. `may_start` says whether a
/// sandbox may be started for that.
///
/// # Errors
/// When what is named is incomplete, or nothing is and no sandbox may be started.
pub async fn reach(work: &Workplace, given: &Given, may_start: bool) -> Result<Reach, Failure> {
    let settings = Settings::read(&work.settings);
    let Some(api) = given.api.clone().or(settings.api) else {
        return reach_sandbox(work, given, may_start).await;
    };
    let token_url = given.token_url.clone().or(settings.token_url);
    let client_id = given.client_id.clone().or(settings.client_id);
    let username = given.username.clone().or(settings.username);
    let password = match (&given.password, &username) {
        (Some(password), _) => Some(password.clone()),
        (None, Some(username)) => stored_password(&api, username),
        _ => None,
    };
    let credentials = match (&given.token, token_url, client_id) {
        (Some(token), _, _) => Credentials::Token(token.clone()),
        (None, Some(token_url), Some(client_id)) => match (username, password, given.client_secret.clone()) {
            (Some(username), Some(password), client_secret) => {
                Credentials::Password { token_url, client_id, client_secret, username, password, totp: None }
            }
            (None, _, Some(client_secret)) => Credentials::ClientCredentials { token_url, client_id, client_secret },
            _ => return Err(not_signed_in()),
        },
        _ => return Err(not_signed_in()),
    };
    let extra_ca_pem = match &given.ca_file {
        Some(file) => Some(std::fs::read(file).map_err(|e| {
            Failure::new(
                "CA_FILE",
                format!("Le certificat « {} » ne se lit pas : {e}", file.display()),
                format!("The certificate `{}` cannot be read: {e}", file.display()),
            )
        })?),
        None => None,
    };
    let client = Client::new(Connection { api, credentials, extra_ca_pem })
        .map_err(|r| Failure::new("CONNECTION", r.to_string(), r.to_string()))?;
    let datastore = match given.datastore.clone().or(settings.datastore) {
        Some(datastore) => datastore,
        None => only_datastore(&client).await?,
    };
    Ok(Reach { client, datastore, origin: Origin::Named })
}

fn not_signed_in() -> Failure {
    Failure::new(
        "NOT_SIGNED_IN",
        "Une plateforme est indiquée, mais pas de quoi s’y connecter.",
        "A platform is named, but nothing to sign in with.",
    )
    .hint(
        "Lancez `quai login`, ou renseignez QUAI_TOKEN_URL, QUAI_CLIENT_ID, QUAI_USERNAME et QUAI_PASSWORD.",
        "Run `quai login`, or set QUAI_TOKEN_URL, QUAI_CLIENT_ID, QUAI_USERNAME and QUAI_PASSWORD.",
    )
}

async fn reach_sandbox(work: &Workplace, given: &Given, may_start: bool) -> Result<Reach, Failure> {
    let ready = if may_start {
        crate::ensure_sandbox(work).await?
    } else {
        crate::alive_sandbox(work).await.ok_or_else(|| {
            Failure::new(
                "NO_ACCOUNT",
                "Aucun compte, et le bac à sable est arrêté.",
                "No account, and the sandbox is stopped.",
            )
            .hint("Lancez `quai login`, ou `quai sandbox start`.", "Run `quai login`, or `quai sandbox start`.")
        })?
    };
    Ok(Reach {
        client: sandbox_client(&ready)?,
        datastore: given.datastore.clone().unwrap_or_else(|| ready.datastore.clone()),
        origin: Origin::Sandbox,
    })
}

/// A client of a sandbox that runs.
pub(crate) fn sandbox_client(ready: &sandbox::Ready) -> Result<Client, Failure> {
    Client::new(Connection {
        api: ready.api.clone(),
        credentials: Credentials::Password {
            token_url: ready.token_url.clone(),
            client_id: ready.client_id.clone(),
            client_secret: Some(Secret::new(ready.client_secret.clone())),
            username: ready.username.clone(),
            password: Secret::new(ready.password.clone()),
            totp: None,
        },
        extra_ca_pem: None,
    })
    .map_err(|r| Failure::new("CONNECTION", r.to_string(), r.to_string()))
}

/// The account's datastore when it has one only.
async fn only_datastore(client: &Client) -> Result<String, Failure> {
    let me = client.me().await.map_err(|r| {
        Failure::new(
            "CONNECTION",
            format!("La plateforme n’a pas dit qui vous êtes : {r}"),
            format!("The platform did not say who you are: {r}"),
        )
        .hint("Vérifiez la connexion et le compte.", "Check the connection and the account.")
    })?;
    let mut own: Vec<(String, String)> = me
        .communities_member
        .into_iter()
        .filter_map(|m| Some((m.community.datastore?, m.community.name)))
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    match own.len() {
        1 => Ok(own.remove(0).0),
        0 => Err(Failure::new("NO_DATASTORE", "Ce compte n’a pas d’entrepôt.", "This account has no datastore.").hint(
            "Demandez un espace de travail à l’IGN, ou répétez dans le bac à sable.",
            "Ask IGN for a workspace, or rehearse in the sandbox.",
        )),
        _ => {
            let names: Vec<String> = own.iter().map(|(id, name)| format!("{name} ({id})")).collect();
            Err(Failure::new(
                "SEVERAL_DATASTORES",
                format!("Ce compte a plusieurs entrepôts : {}.", names.join(", ")),
                format!("This account has several datastores: {}.", names.join(", ")),
            )
            .hint("Choisissez avec --datastore.", "Choose with --datastore."))
        }
    }
}
