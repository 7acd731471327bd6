//! Which platform to speak to, and as whom: what is given, then the environment, then the account
//! that is named or current, then the sandbox.

use std::path::PathBuf;
use std::sync::Arc;

use model::Failure;
use platform::auth::{Ask, Credentials, Secret};
use platform::network::Network;
use platform::{Client, Connection};

use crate::Workplace;
use crate::account::{Account, Book, credentials_of, profile, refused};
use crate::network::network_of;

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
    /// Digits, or the seed, of a second factor.
    pub totp: Option<Secret>,
    /// An account of the book, or what only one of them has.
    pub account: Option<String>,
    /// A profile, when no account is named.
    pub profile: Option<String>,
}

impl Given {
    /// What the environment gives: `QUAI_API_URL`, `QUAI_TOKEN_URL`, `QUAI_CLIENT_ID`,
    /// `QUAI_CLIENT_SECRET`, `QUAI_USERNAME`, `QUAI_PASSWORD`, `QUAI_TOTP`, `QUAI_TOKEN`,
    /// `QUAI_DATASTORE`, `QUAI_CA_FILE`, `QUAI_ACCOUNT`, `QUAI_PROFILE`.
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
            totp: secret("QUAI_TOTP"),
            account: named("QUAI_ACCOUNT"),
            profile: named("QUAI_PROFILE"),
        }
    }
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Flags, environment or settings.
    Named,
    Sandbox,
}

/// A platform within reach, and as whom.
#[derive(Debug, Clone)]
pub struct Reach {
    pub client: Client,
    pub datastore: String,
    pub origin: Origin,
    /// `production/camille`; nothing in the sandbox, or when all came from the environment.
    pub account: Option<String>,
    pub profile: Option<String>,
    /// Who, in a line, for confirmations.
    pub shown: Option<String>,
    pub datastore_name: Option<String>,
    /// The account's, from 0.
    pub colour: Option<u8>,
}

impl Reach {
    fn plain(client: Client, datastore: String, origin: Origin) -> Self {
        Self {
            client,
            datastore,
            origin,
            account: None,
            profile: None,
            shown: None,
            datastore_name: None,
            colour: None,
        }
    }

    /// A sandbox that runs.
    pub(crate) fn sandbox(ready: &sandbox::Ready) -> Result<Self, Failure> {
        Ok(Self::plain(sandbox_client(ready)?, ready.datastore.clone(), Origin::Sandbox))
    }

    /// Where one is, in a line: datastore, platform, account.
    #[must_use]
    pub fn place(&self) -> String {
        let store = self
            .datastore_name
            .as_ref()
            .map_or_else(|| self.datastore.clone(), |n| format!("{n} ({})", self.datastore));
        match &self.shown {
            Some(who) => format!("{store} · {} · {who}", self.client.api()),
            None => format!("{store} · {}", self.client.api()),
        }
    }
}

/// Gives who is to be asked when an account's session has ended in the middle of work.
pub type Asker<'a> = &'a (dyn Fn(&Account) -> Arc<dyn Ask> + Sync);

/// Reaches the platform that is named, or the sandbox when none is. `may_start` says whether a
/// sandbox may be started for that.
///
/// # Errors
/// When what is named is incomplete, or nothing is and no sandbox may be started.
pub async fn reach(work: &Workplace, given: &Given, may_start: bool) -> Result<Reach, Failure> {
    reach_asking(work, given, may_start, None).await
}

/// The same; when the session ends in the middle of work, somebody is asked to sign in again, and
/// the work goes on.
///
/// # Errors
/// As [`reach`].
pub async fn reach_asking(
    work: &Workplace,
    given: &Given,
    may_start: bool,
    ask: Option<Asker<'_>>,
) -> Result<Reach, Failure> {
    if let Some(api) = &given.api {
        let network = network_of(work, given.ca_file.as_deref()).await?;
        if let Some(credentials) = given_credentials(given) {
            return with_credentials(api.clone(), credentials, network, given.datastore.clone()).await;
        }
    }
    let book = Book::read(&work.settings)?;
    let account = match (&given.account, &given.profile, &given.api) {
        (Some(name), ..) if name == crate::account::SANDBOX => None,
        (Some(name), ..) => Some(book.named(name)?.clone()),
        (None, Some(name), _) if name == crate::account::SANDBOX => None,
        (None, Some(name), _) => Some(of_profile(&book, name)?),
        (None, None, Some(api)) => Some(of_api(work, &book, api, given.username.as_deref()).await?),
        (None, None, None) => match book.current.as_deref() {
            None | Some(crate::account::SANDBOX) => None,
            Some(current) => Some(book.named(current)?.clone()),
        },
    };
    let Some(account) = account else { return reach_sandbox(work, given, may_start).await };
    let connection = connection_of(work, &account, given.ca_file.as_deref(), ask.map(|ask| ask(&account))).await?;
    let client = Client::new(connection).map_err(|r| refused(&r))?;
    let own = account.datastore.clone();
    let datastore = match given.datastore.clone().or(own.clone()) {
        Some(datastore) => datastore,
        None => only_datastore(&client).await?,
    };
    let datastore_name = account.datastore_name.clone().filter(|_| own.as_ref() == Some(&datastore));
    Ok(Reach {
        client,
        datastore,
        origin: Origin::Named,
        shown: Some(account.shown()),
        profile: Some(account.profile),
        account: Some(account.id),
        datastore_name,
        colour: Some(account.colour),
    })
}

async fn with_credentials(
    api: String,
    credentials: Credentials,
    network: Network,
    datastore: Option<String>,
) -> Result<Reach, Failure> {
    let client = Client::new(Connection { api, credentials, network, ask: None }).map_err(|r| refused(&r))?;
    let datastore = match datastore {
        Some(datastore) => datastore,
        None => only_datastore(&client).await?,
    };
    Ok(Reach::plain(client, datastore, Origin::Named))
}

/// What is given, when it is enough to sign in with.
pub(crate) fn given_credentials(given: &Given) -> Option<Credentials> {
    if let Some(token) = &given.token {
        return Some(Credentials::Token(token.clone()));
    }
    let (token_url, client_id) = (given.token_url.clone()?, given.client_id.clone()?);
    match (&given.username, &given.password, &given.client_secret) {
        (Some(username), Some(password), client_secret) => Some(Credentials::Password {
            token_url,
            client_id,
            client_secret: client_secret.clone(),
            username: username.clone(),
            password: password.clone(),
            totp: given.totp.clone(),
        }),
        (None, _, Some(client_secret)) => {
            Some(Credentials::ClientCredentials { token_url, client_id, client_secret: client_secret.clone() })
        }
        _ => None,
    }
}

/// The account of a profile: the current one, or the only one.
fn of_profile(book: &Book, profile: &str) -> Result<Account, Failure> {
    let mut own = book.accounts.iter().filter(|a| a.profile == profile);
    let current = own.clone().find(|a| book.current.as_deref() == Some(a.id.as_str()));
    if let Some(account) = current {
        return Ok(account.clone());
    }
    match (own.next(), own.next()) {
        (Some(account), None) => Ok(account.clone()),
        (None, _) => Err(not_signed_in()),
        _ => book.named(profile).cloned(),
    }
}

/// The account whose platform is at an address.
async fn of_api(work: &Workplace, book: &Book, api: &str, username: Option<&str>) -> Result<Account, Failure> {
    let at: Vec<String> = crate::profiles(work).await?.into_iter().filter(|p| p.api == api).map(|p| p.name).collect();
    let fits = |a: &&Account| at.contains(&a.profile) && username.is_none_or(|u| a.username.as_deref() == Some(u));
    book.accounts.iter().find(fits).cloned().ok_or_else(not_signed_in)
}

/// How to reach an account's platform.
pub(crate) async fn connection_of(
    work: &Workplace,
    account: &Account,
    ca_file: Option<&std::path::Path>,
    ask: Option<Arc<dyn Ask>>,
) -> Result<Connection, Failure> {
    let profile = profile(work, &account.profile).await?;
    let network = network_of(work, ca_file).await?;
    let http = network.client().map_err(|r| refused(&r))?;
    let credentials = credentials_of(work, &profile, account, &http).await?;
    Ok(Connection { api: profile.api, credentials, network, ask })
}

/// A client of an account, with nobody to ask.
pub(crate) async fn client_of(work: &Workplace, account: &Account) -> Result<Client, Failure> {
    let connection = connection_of(work, account, None, None).await?;
    Client::new(connection).map_err(|r| refused(&r))
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
    let mut reach = Reach::sandbox(&ready)?;
    if let Some(datastore) = &given.datastore {
        reach.datastore.clone_from(datastore);
    }
    Ok(reach)
}

/// A client of a sandbox that runs.
pub(crate) fn sandbox_client(ready: &sandbox::Ready) -> Result<Client, Failure> {
    let credentials = Credentials::Password {
        token_url: ready.token_url.clone(),
        client_id: ready.client_id.clone(),
        client_secret: Some(Secret::new(ready.client_secret.clone())),
        username: ready.username.clone(),
        password: Secret::new(ready.password.clone()),
        totp: None,
    };
    // on this machine: no proxy
    let network = Network { proxy: platform::network::ProxyChoice::Direct, ..Network::default() };
    Client::new(Connection { api: ready.api.clone(), credentials, network, ask: None }).map_err(|r| refused(&r))
}

/// The account's datastore when it has one only.
async fn only_datastore(client: &Client) -> Result<String, Failure> {
    let me = client.me().await.map_err(|r| refused(&r))?;
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
