//! What may be wrong between this machine and the platform, one hop after the other, each tried for
//! real; the first that fails is named, and what depends on it is not tried. Sends no secret but
//! where it belongs.

mod local;
mod way;

use model::Failure;
use platform::Client;
use platform::auth::{Credentials, Realm, prove};
use serde::Serialize;
use ts_rs::TS;

use crate::account::{Account, Book, KeepIn, Profile, told};
use crate::network::network_of;
use crate::{Given, Workplace};

/// How a hop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum HopState {
    Passed,
    /// Works, but somebody should know.
    Warned,
    Failed,
    /// What comes before it failed.
    NotTried,
}

/// One hop, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Hop {
    /// `disk`, `gdal`, `keychain`, `dns`, `proxy`, `connect`, `tls`, `clock`, `sign_in`, `api`, `datastore`.
    pub hop: String,
    pub state: HopState,
    /// Of a hop that failed: what software matches on.
    pub code: Option<String>,
    /// French first.
    pub message: [String; 2],
    pub hint: Option<[String; 2]>,
}

impl Hop {
    fn new(hop: &str, state: HopState, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { hop: hop.to_owned(), state, code: None, message: [fr.into(), en.into()], hint: None }
    }

    fn failed(hop: &str, failure: &Failure) -> Self {
        Self {
            hop: hop.to_owned(),
            state: HopState::Failed,
            code: Some(failure.code.clone()),
            message: failure.message.clone(),
            hint: failure.hint.clone(),
        }
    }
}

/// Collects hops, and tells each as it comes.
struct Round<'a> {
    hops: Vec<Hop>,
    news: &'a (dyn Fn(&Hop) + Sync),
}

impl Round<'_> {
    /// True when it did not fail.
    fn add(&mut self, hop: Hop) -> bool {
        (self.news)(&hop);
        let well = hop.state != HopState::Failed;
        self.hops.push(hop);
        well
    }

    fn passed(&mut self, hop: &str, fr: impl Into<String>, en: impl Into<String>) {
        self.add(Hop::new(hop, HopState::Passed, fr, en));
    }

    fn not_tried(&mut self, hops: &[&str]) {
        for hop in hops {
            self.add(Hop::new(
                hop,
                HopState::NotTried,
                "non essayé : ce qui précède a échoué",
                "not tried: what comes before it failed",
            ));
        }
    }
}

/// What is looked at: a profile's addresses, and perhaps an account.
struct Patient {
    profile: Profile,
    account: Option<Account>,
}

async fn patient(work: &Workplace, given: &Given) -> Result<Patient, Failure> {
    let book = Book::read(&work.settings)?;
    let current = book.current.clone().filter(|c| c != crate::account::SANDBOX);
    let account = match (&given.account, &given.profile, &given.api) {
        (Some(name), ..) if name != crate::account::SANDBOX => Some(book.named(name)?.clone()),
        (None, None, None) => current.and_then(|c| book.named(&c).ok().cloned()),
        (None, Some(profile), _) => book.accounts.iter().find(|a| a.profile == *profile).cloned(),
        _ => None,
    };
    let name = match (&account, &given.account, &given.profile) {
        (Some(account), ..) => account.profile.clone(),
        (None, Some(name), _) | (None, None, Some(name)) => name.clone(),
        (None, None, None) => "production".to_owned(),
    };
    let mut profile = crate::profile(work, &name).await?;
    if let Some(api) = &given.api {
        profile.api.clone_from(api);
        profile.token_url.clone_from(&given.token_url);
        profile.issuer = None;
        profile.client_id.clone_from(&given.client_id);
    }
    Ok(Patient { profile, account })
}

/// Tries every hop; `news` hears each as it was tried.
///
/// # Errors
/// When what is to be looked at is not known: no such account or profile.
pub async fn doctor(work: &Workplace, given: &Given, news: &(dyn Fn(&Hop) + Sync)) -> Result<Vec<Hop>, Failure> {
    let mut round = Round { hops: Vec::new(), news };
    let there = local::disk(work, &mut round);
    if there {
        local::gdal(work, &mut round).await;
    } else {
        round.not_tried(&["gdal"]);
    }
    let Patient { profile, account } = patient(work, given).await?;
    let needs_keychain = account.as_ref().is_none_or(|a| a.keep == KeepIn::Keychain) && given.api.is_none();
    local::keychain(needs_keychain, &mut round).await;
    let after = ["tls", "clock", "sign_in", "api", "datastore"];
    let network = match network_of(work, given.ca_file.as_deref()).await {
        Ok(network) => network,
        Err(failure) => {
            round.add(Hop::failed(if failure.code == "CA_FILE" { "tls" } else { "proxy" }, &failure));
            round.not_tried(&after[usize::from(failure.code == "CA_FILE")..]);
            return Ok(round.hops);
        }
    };
    let sign_in = profile.issuer.clone().or(profile.token_url.clone());
    let mut origins: Vec<String> = Vec::new();
    for url in sign_in.iter().chain([&profile.api]) {
        let origin = url::Url::parse(url).map(|u| u.origin().ascii_serialization()).unwrap_or_default();
        if !origin.is_empty() && !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    for origin in &origins {
        if !way::to(origin, &network, &mut round).await {
            return Ok(round.hops);
        }
    }
    beyond(work, given, &profile, account.as_ref(), network, &mut round).await;
    Ok(round.hops)
}

/// Sign-in, API, datastore.
async fn beyond(
    work: &Workplace,
    given: &Given,
    profile: &Profile,
    account: Option<&Account>,
    network: platform::network::Network,
    round: &mut Round<'_>,
) {
    let http = match network.client() {
        Ok(http) => http,
        Err(refusal) => {
            round.add(Hop::failed("proxy", &crate::account::refused(&refusal)));
            return round.not_tried(&["sign_in", "api", "datastore"]);
        }
    };
    if let (Some(issuer), Some(client_id)) = (&profile.issuer, profile.client_id.clone().or(Some("quai".to_owned()))) {
        let settings = platform::auth::RealmSettings {
            issuer: issuer.clone(),
            client_id,
            client_secret: None,
            scopes: Vec::new(),
            redirect: profile.redirect.clone(),
        };
        if let Err(trouble) = Realm::discover(settings, &http).await {
            round.add(Hop::failed("sign_in", &told(&trouble)));
            return round.not_tried(&["api", "datastore"]);
        }
    }
    let credentials = match (crate::connection::given_credentials(given), account) {
        (Some(credentials), _) => Ok(Some(credentials)),
        (None, Some(account)) => crate::account::credentials_of(work, profile, account, &http).await.map(Some),
        (None, None) => Ok(None),
    };
    let credentials: Credentials = match credentials {
        Ok(Some(credentials)) => credentials,
        Ok(None) => {
            round.add(Hop::new(
                "sign_in",
                HopState::Warned,
                "le fournisseur d’identité répond ; personne n’est connecté, la suite n’est pas essayée",
                "the identity provider answers; nobody is signed in, the rest is not tried",
            ));
            return;
        }
        Err(failure) => {
            round.add(Hop::failed("sign_in", &failure));
            return round.not_tried(&["api", "datastore"]);
        }
    };
    let granted = match prove(&http, &credentials).await {
        Ok(granted) => granted,
        Err(trouble) => {
            round.add(Hop::failed("sign_in", &told(&trouble)));
            return round.not_tried(&["api", "datastore"]);
        }
    };
    round.passed("sign_in", "la connexion est acceptée", "the sign-in is accepted");
    let connection = platform::Connection {
        api: profile.api.clone(),
        credentials: Credentials::Token(granted.access),
        network,
        ask: None,
    };
    let Ok(client) = Client::new(connection) else { return };
    let me = match client.me().await {
        Ok(me) => me,
        Err(refusal) => {
            let failure = Failure { code: "API".to_owned(), ..crate::account::refused(&refusal) };
            round.add(Hop::failed("api", &failure));
            return round.not_tried(&["datastore"]);
        }
    };
    let who = me.email.clone().unwrap_or_default();
    round.passed("api", format!("l’API répond : {who}"), format!("the API answers: {who}"));
    let own = me.communities_member.iter().find_map(|m| m.community.datastore.as_ref().map(ToString::to_string));
    let wanted = given.datastore.clone().or(account.and_then(|a| a.datastore.clone())).or(own);
    let Some(wanted) = wanted else {
        let failure = Failure::new("NO_DATASTORE", "Ce compte n’a pas d’entrepôt.", "This account has no datastore.");
        round.add(Hop::failed(
            "datastore",
            &failure.hint("Demandez un espace de travail à l’IGN.", "Ask IGN for a workspace."),
        ));
        return;
    };
    match deliver::datastore(&client, &wanted).await {
        Ok(store) => round.passed(
            "datastore",
            format!("l’entrepôt « {} » est accessible", store.name),
            format!("the datastore `{}` is within reach", store.name),
        ),
        Err(failure) => {
            let failure = Failure { code: "DATASTORE".to_owned(), ..failure };
            round.add(Hop::failed("datastore", &failure));
        }
    }
}
