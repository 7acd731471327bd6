//! Signing in and out. In the browser for a person; by a secret for a service account, a server, or
//! a realm without a browser. What was kept is told to nobody.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::{Failure, conforming_name};
use platform::auth::{Credentials, Keep, Realm, RealmSettings, Secret, Session, SignInWish, Trouble, prove};
use tokio_util::sync::CancellationToken;

use super::book::{Account, Book, Method};
use super::profile::{Profile, SANDBOX, profile};
use super::told::told;
use super::vault::{KeepIn, Secrets, Vault};
use crate::Workplace;
use crate::network::network_of;
use crate::workplace::disk;

/// How one wants to sign in by the browser.
#[derive(Debug, Clone)]
pub struct BrowserWish {
    pub profile: String,
    pub keep: KeepIn,
    /// The account that signs in again; nothing for whoever it will be.
    pub account: Option<String>,
    /// How long the browser may take.
    pub patience: Duration,
    /// Open the system's browser; else somebody opens the address told.
    pub open: bool,
    /// Of a confidential client.
    pub client_secret: Option<Secret>,
    pub ca_file: Option<PathBuf>,
}

/// The address that the browser must visit, once it can.
#[derive(Debug, Clone)]
pub struct Opened {
    pub url: String,
    /// Whether a browser was opened on it.
    pub opened: bool,
}

/// Keeps the refresh token of one account, for all the programs that use it.
#[derive(Debug)]
struct Keeper {
    vault: Arc<Vault>,
    keep: KeepIn,
    id: String,
    lock: PathBuf,
}

impl Keeper {
    fn of(work: &Workplace, account: &Account) -> Self {
        let lock = lock_path(work, "session", &account.id);
        Self { vault: Arc::clone(&work.vault), keep: account.keep, id: account.id.clone(), lock }
    }
}

impl Keep for Keeper {
    fn read(&self) -> Result<Option<Secret>, String> {
        let kept = self.vault.read(self.keep, &self.id).map_err(|f| f.message[1].clone())?;
        Ok(kept.and_then(|s| s.refresh))
    }

    fn write(&self, refresh: &Secret) -> Result<(), String> {
        let told = |f: Failure| f.message[1].clone();
        // one who signed out meanwhile leaves nothing behind
        let Some(mut kept) = self.vault.read(self.keep, &self.id).map_err(told)? else { return Ok(()) };
        kept.refresh = Some(refresh.clone());
        self.vault.write(self.keep, &self.id, &kept).map_err(told)
    }

    fn alone(&self) -> Box<dyn Any + Send> {
        let file = self.lock.parent().and_then(|folder| std::fs::create_dir_all(folder).ok());
        let file = file.and_then(|()| std::fs::File::create(&self.lock).ok());
        // without a lock the worst is a session that has to be begun again
        if let Some(file) = &file {
            let _ = file.lock();
        }
        Box::new(file)
    }
}

fn lock_path(work: &Workplace, what: &str, id: &str) -> PathBuf {
    work.data.join("locks").join(format!("{what}-{}", conforming_name(id)))
}

fn incomplete(profile: &Profile, what: &[String; 2]) -> Failure {
    let name = &profile.name;
    Failure::new(
        "PROFILE_INCOMPLETE",
        format!("Le profil « {name} » ne permet pas encore de se connecter : il lui manque {}.", what[0]),
        format!("The profile `{name}` does not allow to sign in yet: it lacks {}.", what[1]),
    )
    .hint(
        format!("Une fois obtenu : quai profiles set {name} --client-id …"),
        format!("Once you have it: quai profiles set {name} --client-id …"),
    )
}

fn realm_settings(profile: &Profile, client_secret: Option<Secret>) -> Result<RealmSettings, Failure> {
    if let Some(what) = profile.missing() {
        return Err(incomplete(profile, &what));
    }
    Ok(RealmSettings {
        issuer: profile.issuer.clone().unwrap_or_default(),
        client_id: profile.client_id.clone().unwrap_or_default(),
        client_secret,
        scopes: profile.scopes.clone(),
        redirect: profile.redirect.clone(),
    })
}

/// What proves an account to its platform, from what is kept of it.
pub(crate) async fn credentials_of(
    work: &Workplace,
    profile: &Profile,
    account: &Account,
    http: &reqwest::Client,
) -> Result<Credentials, Failure> {
    let (vault, keep, id) = (Arc::clone(&work.vault), account.keep, account.id.clone());
    let kept = blocking(move || vault.read(keep, &id)).await??;
    let gone = || {
        Failure::new(
            "SIGNED_OUT",
            format!("Le compte « {} » n’est plus connecté : rien n’est gardé pour lui.", account.id),
            format!("The account `{}` is no longer signed in: nothing is kept for it.", account.id),
        )
        .hint("Reconnectez-vous (`quai login`).", "Sign in again (`quai login`).")
    };
    let kept = kept.ok_or_else(gone)?;
    if account.method == Method::Browser {
        let settings = realm_settings(profile, kept.client_secret)?;
        return Ok(Credentials::Session(Arc::new(Session::new(settings, Keeper::of(work, account)))));
    }
    let token_url = token_url(profile, http).await?;
    let client_id = profile.client_id.clone();
    let client_id = client_id.ok_or_else(|| incomplete(profile, &profile.missing().unwrap_or_default()))?;
    match (account.method, kept.password, kept.client_secret) {
        (Method::Client, _, Some(client_secret)) => {
            Ok(Credentials::ClientCredentials { token_url, client_id, client_secret })
        }
        (Method::Password, Some(password), client_secret) => Ok(Credentials::Password {
            token_url,
            client_id,
            client_secret,
            username: account.username.clone().unwrap_or_default(),
            password,
            totp: kept.totp,
        }),
        _ => Err(gone()),
    }
}

/// Where tokens are asked for: as the profile says, else as the realm does.
async fn token_url(profile: &Profile, http: &reqwest::Client) -> Result<String, Failure> {
    if let Some(url) = &profile.token_url {
        return Ok(url.clone());
    }
    let realm = Realm::discover(realm_settings(profile, None)?, http).await.map_err(|t| told(&t))?;
    realm.token_url().ok_or_else(|| {
        told(&Trouble::Realm {
            issuer: profile.issuer.clone().unwrap_or_default(),
            says: "it names no token endpoint".to_owned(),
        })
    })
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(act).await.map_err(|e| disk(["Lecture des secrets", "Reading the secrets"], &e))
}

/// Makes sure that what is about to be obtained can be kept.
async fn can_keep(work: &Workplace, keep: KeepIn) -> Result<(), Failure> {
    let vault = Arc::clone(&work.vault);
    blocking(move || vault.ready(keep)).await?
}

/// The profile; the sandbox's is started for that.
async fn at_hand(work: &Workplace, name: &str) -> Result<Profile, Failure> {
    if name == SANDBOX {
        crate::ensure_sandbox(work).await?;
    }
    profile(work, name).await
}

/// Signs in by the browser: opens it, waits for it to come back, keeps what it brings. `opened`
/// learns the address as soon as it may be visited.
///
/// # Errors
/// `SIGN_IN_…` as [`Trouble::code`] says, `SIGN_IN_RUNNING` when another sign-in to the same
/// profile is under way, `NO_KEYCHAIN` before anything when what is obtained could not be kept.
pub async fn sign_in_by_browser(
    work: &Workplace,
    wish: &BrowserWish,
    opened: &(dyn Fn(Opened) + Sync),
    cancel: &CancellationToken,
) -> Result<Account, Failure> {
    let profile = at_hand(work, &wish.profile).await?;
    let settings = realm_settings(&profile, wish.client_secret.clone())?;
    let book = Book::read(&work.settings)?;
    let expected = match &wish.account {
        Some(name) => Some(book.named(name)?.clone()),
        None => None,
    };
    let _alone = alone(work, &profile)?;
    can_keep(work, wish.keep).await?;
    let network = network_of(work, wish.ca_file.as_deref()).await?;
    let http = network.client().map_err(|r| super::refused(&r))?;
    let realm = tokio::select! {
        realm = Realm::discover(settings, &http) => realm.map_err(|t| told(&t))?,
        () = cancel.cancelled() => return Err(told(&Trouble::Cancelled)),
    };
    let asked = SignInWish {
        // the browser may still know whoever signed in first
        ask_again: expected.is_none() && book.accounts.iter().any(|a| a.profile == profile.name),
        hint: expected.as_ref().and_then(|a| a.username.clone()),
    };
    let pending = realm.begin(&asked).await.map_err(|t| told(&t))?;
    let url = pending.url().to_owned();
    let was_opened = wish.open && {
        let url = url.clone();
        blocking(move || webbrowser::open(&url).is_ok()).await.unwrap_or(false)
    };
    opened(Opened { url, opened: was_opened });
    let signed = pending.finish(wish.patience, cancel).await.map_err(|t| told(&t))?;
    let refresh = signed.granted.refresh.clone().ok_or_else(|| {
        Failure::new(
            "NO_REFRESH",
            "Le fournisseur d’identité n’a pas donné de quoi rester connecté (jeton de rafraîchissement).",
            "The identity provider gave nothing to stay signed in with (no refresh token).",
        )
        .hint(
            "Ajoutez la portée `offline_access` au profil : quai profiles set … --scope offline_access",
            "Add the scope `offline_access` to the profile: quai profiles set … --scope offline_access",
        )
    })?;
    let who = signed.username.clone().or(signed.email.clone()).unwrap_or_else(|| signed.subject.clone());
    let account = Account {
        id: format!("{}/{who}", profile.name),
        profile: profile.name.clone(),
        method: Method::Browser,
        subject: Some(signed.subject),
        username: Some(who),
        email: signed.email,
        datastore: None,
        datastore_name: None,
        colour: 0,
        keep: wish.keep,
    };
    let secrets = Secrets { refresh: Some(refresh), client_secret: wish.client_secret.clone(), ..Secrets::default() };
    keep(work, account, secrets).await
}

/// One sign-in to a profile at a time: two tabs would each wait for the other's answer.
fn alone(work: &Workplace, profile: &Profile) -> Result<std::fs::File, Failure> {
    let doing = ["Verrou de la connexion", "Locking the sign-in"];
    let path = lock_path(work, "sign-in", &profile.name);
    std::fs::create_dir_all(work.data.join("locks")).map_err(|e| disk(doing, &e))?;
    let file = std::fs::File::create(path).map_err(|e| disk(doing, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Failure::new(
            "SIGN_IN_RUNNING",
            format!("Une connexion au profil « {} » est déjà en cours dans le navigateur.", profile.name),
            format!("A sign-in to the profile `{}` is already under way in the browser.", profile.name),
        )
        .hint("Terminez-la dans le navigateur, ou annulez-la.", "Finish it in the browser, or cancel it.")),
        Err(std::fs::TryLockError::Error(fault)) => Err(disk(doing, &fault)),
    }
}

/// Writes down an account and its secrets, and finds its datastore when it has one only.
async fn keep(work: &Workplace, account: Account, secrets: Secrets) -> Result<Account, Failure> {
    let (vault, to, id) = (Arc::clone(&work.vault), account.keep, account.id.clone());
    // what was kept elsewhere for the same account is not left behind
    if let Some(before) = Book::read(&work.settings)?.accounts.iter().find(|a| a.id == account.id && a.keep != to) {
        let _ = vault.forget(before.keep, &before.id);
    }
    blocking(move || vault.write(to, &id, &secrets)).await??;
    let account = Book::change(&work.settings, |book| book.add(account))?;
    if account.datastore.is_some() {
        return Ok(account);
    }
    let Ok(client) = crate::connection::client_of(work, &account).await else { return Ok(account) };
    let Ok(me) = client.me().await else { return Ok(account) };
    let own: Vec<_> =
        me.communities_member.iter().filter_map(|m| m.community.datastore.as_ref().map(|d| (d, m))).collect();
    match own.as_slice() {
        [(datastore, member)] => {
            let found = Account {
                datastore: Some(datastore.to_string()),
                datastore_name: Some(member.community.name.clone()),
                email: account.email.clone().or(me.email.clone()),
                ..account
            };
            Book::change(&work.settings, |book| book.add(found))
        }
        _ => Ok(account),
    }
}

/// Signs in by name and password, or as a service account, after trying it.
///
/// # Errors
/// The realm's refusal, or that the secrets cannot be kept.
pub async fn sign_in_by_secret(
    work: &Workplace,
    profile_name: &str,
    username: Option<&str>,
    secrets: Secrets,
    keep_in: KeepIn,
    ca_file: Option<&std::path::Path>,
) -> Result<Account, Failure> {
    let profile = at_hand(work, profile_name).await?;
    can_keep(work, keep_in).await?;
    let http = network_of(work, ca_file).await?.client().map_err(|r| super::refused(&r))?;
    let token_url = token_url(&profile, &http).await?;
    let client_id = profile.client_id.clone();
    let client_id = client_id.ok_or_else(|| incomplete(&profile, &profile.missing().unwrap_or_default()))?;
    let lacking = || {
        Failure::new(
            "INCOMPLETE",
            "Il faut un nom et un mot de passe, ou le secret d’un compte de service.",
            "A name and a password are needed, or the secret of a service account.",
        )
    };
    let (method, who, credentials) = match (username, &secrets.password, &secrets.client_secret) {
        (Some(username), Some(password), client_secret) => (
            Method::Password,
            username.to_owned(),
            Credentials::Password {
                token_url,
                client_id,
                client_secret: client_secret.clone(),
                username: username.to_owned(),
                password: password.clone(),
                totp: secrets.totp.clone(),
            },
        ),
        (None, None, Some(secret)) => (
            Method::Client,
            client_id.clone(),
            Credentials::ClientCredentials { token_url, client_id, client_secret: secret.clone() },
        ),
        _ => return Err(lacking()),
    };
    prove(&http, &credentials).await.map_err(|t| told(&t))?;
    let digits =
        secrets.totp.as_ref().is_some_and(|t| t.reveal().trim().bytes().all(|b| b.is_ascii_digit() || b == b' '));
    let secrets = if digits { Secrets { totp: None, ..secrets } } else { secrets };
    let account = Account {
        id: format!("{}/{who}", profile.name),
        profile: profile.name.clone(),
        method,
        subject: None,
        username: Some(who),
        email: None,
        datastore: None,
        datastore_name: None,
        colour: 0,
        keep: keep_in,
    };
    keep(work, account, secrets).await
}

/// Signs an account out: the realm is told, what is kept is forgotten, whatever the realm says.
/// Gives the page that ends the browser's own session, and whether the realm could be told.
///
/// # Errors
/// When there is no such account, or what is kept cannot be removed.
pub async fn sign_out(work: &Workplace, name: &str) -> Result<(Option<String>, bool), Failure> {
    let account = Book::read(&work.settings)?.named(name)?.clone();
    let (vault, keep, id) = (Arc::clone(&work.vault), account.keep, account.id.clone());
    let keeper = Keeper::of(work, &account);
    // a renewal under way would keep its new token after this one is given up
    let (alone, kept) = blocking(move || (keeper.alone(), vault.read(keep, &id))).await?;
    let kept = kept.unwrap_or_default().unwrap_or_default();
    let (mut page, mut heard) = (None, account.method != Method::Browser);
    if let Some(refresh) = kept.refresh.filter(|_| account.method == Method::Browser) {
        let telling = async {
            let profile = profile(work, &account.profile).await.ok()?;
            let http = network_of(work, None).await.ok()?.client().ok()?;
            let settings = realm_settings(&profile, kept.client_secret.clone()).ok()?;
            let realm = Realm::discover(settings, &http).await.ok()?;
            Some((realm.end_session(), realm.revoke(&refresh).await.is_ok()))
        };
        if let Ok(Some((url, told))) = tokio::time::timeout(Duration::from_secs(20), telling).await {
            (page, heard) = (url.map(|u| u.to_string()), told);
        }
    }
    let (vault, id) = (Arc::clone(&work.vault), account.id.clone());
    blocking(move || vault.forget(keep, &id)).await??;
    drop(alone);
    Book::change(&work.settings, |book| {
        book.accounts.retain(|a| a.id != account.id);
        if book.current.as_deref() == Some(account.id.as_str()) {
            book.current = book.accounts.last().map(|a| a.id.clone());
        }
    })?;
    Ok((page, heard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::worker::WorkerCommand;

    #[tokio::test]
    async fn signing_out_waits_for_a_renewal_under_way_and_leaves_nothing_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let worker = WorkerCommand { program: "nothing".into(), args: Vec::new() };
        let settings = folder.path().join("settings");
        let work = Workplace::at(folder.path().join("data"), settings, worker, Limits::default());
        let account = Account {
            id: "essai/camille".to_owned(),
            profile: "essai".to_owned(),
            method: Method::Browser,
            subject: None,
            username: None,
            email: None,
            datastore: None,
            datastore_name: None,
            colour: 0,
            keep: KeepIn::Run,
        };
        let secrets = Secrets { refresh: Some(Secret::new("first")), ..Secrets::default() };
        work.vault.write(KeepIn::Run, &account.id, &secrets).expect("kept");
        Book::change(&work.settings, |book| book.add(account.clone())).expect("written down");

        let keeper = Keeper::of(&work, &account);
        let renewing = keeper.alone();
        let mut leaving = std::pin::pin!(sign_out(&work, "essai/camille"));
        // it has begun, and cannot end
        assert!(futures_util::poll!(&mut leaving).is_pending());
        keeper.write(&Secret::new("second")).expect("kept");
        drop(renewing);
        leaving.await.expect("signed out");
        assert_eq!(keeper.read(), Ok(None));
        // one that comes after all
        keeper.write(&Secret::new("third")).expect("nothing to do");
        assert_eq!(keeper.read(), Ok(None));
    }
}
