//! The verbs of accounts, profiles and the network: from words to the commands room and back.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use commands::{
    Account, Ask, Book, BrowserWish, Failure, Hop, HopState, KeepIn, Method, Opened, Profile, Reach, Refusal, Secret,
    Secrets, Workplace,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::arguments::ConnectionArguments;
use crate::arguments::accounts::{By, LoginArguments, LogoutArguments, NetworkArguments, ProfilesAct};
use crate::screen::Screen;

fn asked_for(screen: &Screen, fr: &str, en: &str) -> Option<Secret> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let typed = dialoguer::Password::new().with_prompt(screen.say(fr, en)).interact();
    typed.ok().filter(|t| !t.is_empty()).map(Secret::new)
}

/// The profile to sign in to: the one named, or one made of the addresses given.
async fn profile_of(work: &Workplace, login: &LoginArguments) -> Result<String, Failure> {
    let given = login.connection.given();
    let Some(api) = given.api else {
        return Ok(given.profile.unwrap_or_else(|| "production".to_owned()));
    };
    let host = url::Url::parse(&api).ok().and_then(|u| {
        Some(u.port().map_or_else(|| u.host_str().map(str::to_owned), |p| Some(format!("{}-{p}", u.host_str()?)))?)
    });
    let name = given.profile.or(host).unwrap_or_else(|| "own".to_owned());
    let before = commands::profiles(work).await?.into_iter().find(|p| p.name == name);
    let mut profile = before.clone().unwrap_or_else(|| empty_profile(&name));
    profile.api = api;
    profile.issuer = login.issuer.clone().or(profile.issuer);
    profile.token_url = given.token_url.or(profile.token_url);
    profile.client_id = given.client_id.or(profile.client_id);
    if before.as_ref() != Some(&profile) {
        commands::save_profile(work, &profile)?;
    }
    Ok(name)
}

fn empty_profile(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        title: [name.to_owned(), name.to_owned()],
        api: String::new(),
        issuer: None,
        token_url: None,
        client_id: None,
        redirect: "http://127.0.0.1/callback".to_owned(),
        scopes: Vec::new(),
    }
}

pub(crate) async fn login(
    work: &Workplace,
    screen: &Screen,
    login: &LoginArguments,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let given = login.connection.given();
    let keep: KeepIn = login.keep.into();
    if keep == KeepIn::File && std::env::var_os("QUAI_PASSPHRASE").is_none() {
        if let Some(phrase) =
            asked_for(screen, "Phrase de passe du fichier protégé", "Passphrase of the protected file")
        {
            work.vault.unlock(&phrase)?;
        }
    }
    let profile = profile_of(work, login).await?;
    let by = login.by.unwrap_or(if given.username.is_some() { By::Password } else { By::Browser });
    let account = match by {
        By::Browser => {
            let wish = BrowserWish {
                profile,
                keep,
                account: given.account.clone(),
                patience: Duration::from_secs(login.wait),
                open: !login.no_browser,
                client_secret: given.client_secret.clone(),
                ca_file: given.ca_file.clone(),
            };
            commands::sign_in_by_browser(work, &wish, &|opened| awaited(screen, &opened), cancel).await?
        }
        By::Password | By::Client => {
            let password = match by {
                By::Password => given.password.clone().or_else(|| asked_for(screen, "Mot de passe", "Password")),
                _ => None,
            };
            let client_secret = match by {
                By::Client => {
                    given.client_secret.clone().or_else(|| asked_for(screen, "Secret du client", "Client secret"))
                }
                _ => given.client_secret.clone(),
            };
            let secrets = Secrets { password, client_secret, totp: given.totp.clone(), ..Secrets::default() };
            let username = given.username.as_deref().filter(|_| by == By::Password);
            commands::sign_in_by_secret(work, &profile, username, secrets, keep, given.ca_file.as_deref()).await?
        }
    };
    if let Some(datastore) = &given.datastore {
        commands::use_account(work, &account.id, Some(datastore)).await?;
    }
    let given =
        commands::Given { account: Some(account.id.clone()), ca_file: given.ca_file, ..commands::Given::default() };
    match commands::reach(work, &given, false).await {
        Ok(reach) => show_who(screen, &reach).await,
        // signed in all the same: which datastore is chosen later
        Err(failure) if ["SEVERAL_DATASTORES", "NO_DATASTORE"].contains(&failure.code.as_str()) => {
            if screen.json {
                screen.data(&json!({ "account": account.id, "profile": account.profile }));
            }
            screen.warn(&failure);
            Ok(0)
        }
        Err(failure) => Err(failure),
    }
}

fn awaited(screen: &Screen, opened: &Opened) {
    if screen.json {
        screen.data(&json!({ "type": "sign_in", "url": opened.url, "opened": opened.opened }));
        return;
    }
    screen.line(if opened.opened {
        screen.say(
            "La connexion se fait dans votre navigateur. Sinon, ouvrez cette adresse :",
            "Sign in in your browser. Otherwise, open this address:",
        )
    } else {
        screen.say(
            "Ouvrez cette adresse dans un navigateur de cette machine :",
            "Open this address in a browser of this machine:",
        )
    });
    screen.line(&opened.url);
}

pub(crate) async fn whoami(work: &Workplace, screen: &Screen, connection: &ConnectionArguments) -> Result<u8, Failure> {
    let reach = commands::reach(work, &connection.given(), false).await?;
    show_who(screen, &reach).await
}

async fn show_who(screen: &Screen, reach: &Reach) -> Result<u8, Failure> {
    let who = commands::whoami(reach).await?;
    if screen.json {
        screen.data(&who);
        return Ok(0);
    }
    let put = |label: &str, value: &str| screen.print(&format!("{label:<14}{value}"));
    let name = who.name.as_deref().unwrap_or("–");
    put(
        screen.say("Personne", "Person"),
        &who.email.as_ref().map_or_else(|| name.to_owned(), |e| format!("{name} <{e}>")),
    );
    if let Some(account) = &who.account {
        put(screen.say("Compte", "Account"), account);
    }
    put(screen.say("Plateforme", "Platform"), &who.api);
    for store in &who.datastores {
        let label = if store.current { screen.say("Entrepôt", "Datastore") } else { screen.say("  autre", "  other") };
        put(label, &format!("{} ({}) · {}", store.name, store.id, store.rights.join(", ")));
        let missing: Vec<&str> = ["UPLOAD", "PROCESSING", "BROADCAST"]
            .into_iter()
            .filter(|r| !store.rights.iter().any(|h| h == r))
            .collect();
        if store.current && !missing.is_empty() {
            let says = screen.say(
                "droit(s) absent(s), à demander au superviseur de la communauté pour publier",
                "right(s) missing, to ask the community's supervisor for in order to publish",
            );
            put("", &format!("{}: {says}", missing.join(", ")));
        }
    }
    put(screen.say("Documents", "Documents"), &format!("{} / {} B", who.documents[0], who.documents[1]));
    put(screen.say("Clés", "Keys"), &format!("{} / {}", who.keys[0], who.keys[1]));
    Ok(0)
}

pub(crate) async fn logout(work: &Workplace, screen: &Screen, logout: &LogoutArguments) -> Result<u8, Failure> {
    let book = Book::read(&work.settings)?;
    let current = book.current.clone().filter(|c| book.accounts.iter().any(|a| a.id == *c));
    let named: Vec<String> = match (&logout.account, logout.all) {
        (_, true) => book.accounts.iter().map(|a| a.id.clone()).collect(),
        (Some(name), _) => vec![book.named(name)?.id.clone()],
        (None, _) => current.into_iter().collect(),
    };
    if named.is_empty() {
        screen.line(screen.say("Aucun compte n’était connecté.", "No account was signed in."));
    }
    for id in named {
        let (page, told) = commands::sign_out(work, &id).await?;
        if screen.json {
            screen.data(&json!({ "type": "signed_out", "account": id, "told": told }));
        } else {
            screen.line(&format!("{} {id}", screen.say("Déconnecté :", "Signed out:")));
        }
        if !told {
            screen.line(screen.say(
                "Le fournisseur d’identité n’a pas pu être prévenu : la session y finira d’elle-même.",
                "The identity provider could not be told: the session will end there by itself.",
            ));
        }
        if let Some(page) = page.filter(|_| logout.browser) {
            let _ = tokio::task::spawn_blocking(move || commands::open_in_browser(&page)).await;
        }
    }
    Ok(0)
}

pub(crate) async fn profiles(work: &Workplace, screen: &Screen, act: Option<ProfilesAct>) -> Result<u8, Failure> {
    match act {
        None => {}
        Some(ProfilesAct::Use { account, datastore }) => {
            commands::use_account(work, &account, datastore.as_deref()).await?;
        }
        Some(ProfilesAct::Remove { name }) => {
            if !commands::remove_profile(work, &name)? {
                screen.line(screen.say("Rien à effacer.", "Nothing to remove."));
            }
        }
        Some(ProfilesAct::Set { name, title, api_url, issuer, token_url, client_id, redirect, scopes }) => {
            let before = commands::profiles(work).await?.into_iter().find(|p| p.name == name);
            let mut profile = before.unwrap_or_else(|| empty_profile(&name));
            if let Some(title) = title {
                profile.title = [title.clone(), title];
            }
            if let Some(api) = api_url {
                profile.api = api;
            }
            profile.issuer = issuer.or(profile.issuer);
            profile.token_url = token_url.or(profile.token_url);
            profile.client_id = client_id.or(profile.client_id);
            profile.redirect = redirect.unwrap_or(profile.redirect);
            if !scopes.is_empty() {
                profile.scopes = scopes;
            }
            commands::save_profile(work, &profile)?;
        }
    }
    let book = Book::read(&work.settings)?;
    let current = book.current.clone().unwrap_or_else(|| "sandbox".to_owned());
    let all = commands::profiles(work).await?;
    if screen.json {
        screen.data(&json!({ "profiles": all, "accounts": book.accounts, "current": current }));
        return Ok(0);
    }
    for profile in &all {
        let title = &profile.title[usize::from(screen.lang == crate::arguments::Lang::En)];
        screen.print(&format!(
            "{:<16}{title} · {}",
            profile.name,
            if profile.api.is_empty() { "–" } else { &profile.api }
        ));
        if let Some(missing) = profile.missing().filter(|_| profile.name != "sandbox") {
            let what = &missing[usize::from(screen.lang == crate::arguments::Lang::En)];
            screen.print(&format!("{:<16}{} {what}", "", screen.say("il manque", "lacks")));
        }
        for account in book.accounts.iter().filter(|a| a.profile == profile.name) {
            let mark = if account.id == current { "*" } else { " " };
            let store = account.datastore_name.as_ref().or(account.datastore.as_ref());
            screen.print(&format!("  {mark} {}  {}", account.id, store.map_or("–", String::as_str)));
        }
    }
    screen.print(&format!("{} {current}", screen.say("En cours :", "Current:")));
    Ok(0)
}

pub(crate) fn network(work: &Workplace, screen: &Screen, wanted: NetworkArguments) -> Result<u8, Failure> {
    let mut set = commands::network_settings(&work.settings);
    let before = set.clone();
    let some = |text: String, none: &str| Some(text).filter(|t| t != none && !t.is_empty());
    if let Some(proxy) = wanted.proxy {
        set.proxy = some(proxy, "system");
    }
    if let Some(pac) = wanted.pac {
        set.pac = some(pac, "none");
    }
    if let Some(file) = wanted.ca_file {
        set.ca_file = Some(file).filter(|f| f.as_os_str() != "none").and_then(|f| std::path::absolute(f).ok());
    }
    let mut password = None;
    if let Some(name) = wanted.proxy_user {
        set.proxy_username = some(name, "none");
        if set.proxy_username.is_some() {
            password = std::env::var("QUAI_PROXY_PASSWORD").ok().map(Secret::new);
            password = password.or_else(|| asked_for(screen, "Mot de passe du proxy", "Proxy password"));
        }
    }
    if set != before || password.is_some() {
        commands::set_network(work, &set, password)?;
    }
    screen.data(&set);
    Ok(0)
}

pub(crate) async fn doctor(work: &Workplace, screen: &Screen, connection: &ConnectionArguments) -> Result<u8, Failure> {
    let at = usize::from(screen.lang == crate::arguments::Lang::En);
    let news = |hop: &Hop| {
        if screen.json {
            return screen.data(hop);
        }
        let (mark, fr, en) = match hop.state {
            HopState::Passed => ("✓", "bon", "good"),
            HopState::Warned => ("!", "attention", "look out"),
            HopState::Failed => ("✗", "ÉCHEC", "FAILED"),
            HopState::NotTried => ("·", "non essayé", "not tried"),
        };
        let code = hop.code.as_ref().map(|c| format!(" [{c}]")).unwrap_or_default();
        screen.print(&format!("{mark} {:<10} {:<10} {}{code}", hop.hop, screen.say(fr, en), hop.message[at]));
        if let Some(hint) = &hop.hint {
            screen.print(&format!("  {:<21} {}", "", hint[at]));
        }
    };
    let hops = commands::doctor(work, &connection.given(), &news).await?;
    Ok(u8::from(hops.iter().any(|h| h.state == HopState::Failed)))
}

/// Asks the person at the terminal to sign in again, so that work goes on.
pub(crate) struct Terminal {
    pub(crate) work: Arc<Workplace>,
    pub(crate) account: Account,
    pub(crate) screen: Arc<Screen>,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("account", &self.account.id).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Ask for Terminal {
    async fn sign_in_again(&self, why: &Refusal) -> bool {
        let screen = Arc::clone(&self.screen);
        // a script has nobody to ask, unless it says that somebody watches
        let watched = std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
            || std::env::var("QUAI_ASK").is_ok_and(|v| v == "browser");
        if self.account.method != Method::Browser || !watched {
            return false;
        }
        screen.line(&format!(
            "{} ({}). {}",
            screen.say("En pause : la session est terminée", "Paused: the session has ended"),
            why.says,
            screen.say("Reconnectez-vous pour continuer.", "Sign in again to go on."),
        ));
        let wish = BrowserWish {
            profile: self.account.profile.clone(),
            keep: self.account.keep,
            account: Some(self.account.id.clone()),
            patience: Duration::from_secs(600),
            open: true,
            client_secret: None,
            ca_file: None,
        };
        let told = Arc::clone(&screen);
        let (work, runtime) = (Arc::clone(&self.work), tokio::runtime::Handle::current());
        let life = tokio::task::spawn_blocking(move || {
            let opened = |opened: Opened| awaited(&told, &opened);
            runtime.block_on(commands::sign_in_by_browser(&work, &wish, &opened, &CancellationToken::new()))
        });
        let Ok(outcome) = life.await else { return false };
        match outcome {
            Ok(account) if account.id == self.account.id => true,
            Ok(other) => {
                screen.line(&format!(
                    "{} {}",
                    screen.say("C’est un autre compte :", "That is another account:"),
                    other.id
                ));
                false
            }
            Err(failure) => {
                screen.warn(&failure);
                false
            }
        }
    }
}
