//! Accounts for a page: who may be signed in where, and signing in and out by the system's browser.
//! The page never sees a secret; a passphrase passes through once, towards where it is kept.

use std::time::Duration;

use model::Failure;
use platform::auth::Secret;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Desk, Tell, hold};
use crate::account::{Account, Book, BrowserWish, DatastoreShown, KeepIn, Profile, Vault};

/// How long the browser may take before the page is told that nobody came back.
const PATIENCE: Duration = Duration::from_secs(600);

/// A profile, and what is missing before one can sign in with it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ProfileShown {
    pub profile: Profile,
    /// French first; nothing when one can sign in.
    pub missing: Option<[String; 2]>,
}

/// Every account of this machine's user.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct AccountsShown {
    /// An account's id; `sandbox`, also when nobody ever signed in.
    pub current: String,
    pub accounts: Vec<Account>,
    /// Whether the system's keychain opens; else what it says.
    pub keychain: Option<String>,
    /// Whether the protected file was opened in this run.
    pub file_open: bool,
}

/// A sign-in by the system's browser. `cancel` with the same `call` gives it up.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SignInRequest {
    pub profile: String,
    /// The account that signs in again; nothing for whoever it will be.
    #[serde(default)]
    #[ts(optional)]
    pub account: Option<String>,
    #[serde(default)]
    pub keep: KeepIn,
    /// For the protected file: its passphrase.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub passphrase: Option<Secret>,
    /// `false`: only tell the address. The system's browser is opened otherwise.
    #[serde(default = "yes")]
    pub open: bool,
}

fn yes() -> bool {
    true
}

/// Told once, when the browser is awaited.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum SignInTold {
    /// `opened` is false when no browser could be: the address is then shown, to be copied.
    Awaited { url: String, opened: bool },
}

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UseAccountRequest {
    /// An account's id, or `sandbox`.
    pub account: String,
    /// Identifier or name; nothing for the one it had.
    #[serde(default)]
    #[ts(optional)]
    pub datastore: Option<String>,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SignOutRequest {
    pub account: String,
    /// End the browser's own session too: opens a page of the identity provider.
    #[serde(default)]
    pub browser: bool,
}

/// The passphrase of the protected file: it stays in memory until the program ends.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UnlockRequest {
    #[ts(as = "String")]
    pub passphrase: Secret,
}

/// How a sign-out ended. The account is forgotten here in any case.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SignedOut {
    /// Whether the identity provider could be told.
    pub told: bool,
}

impl Desk {
    pub(super) async fn profiles(&self) -> Result<Vec<ProfileShown>, Failure> {
        let all = crate::profiles(&self.work).await?;
        Ok(all.into_iter().map(|profile| ProfileShown { missing: profile.missing(), profile }).collect())
    }

    pub(super) fn set_profile(&self, profile: &Profile) -> Result<(), Failure> {
        crate::save_profile(&self.work, profile)
    }

    pub(super) fn accounts(&self) -> Result<AccountsShown, Failure> {
        let book = Book::read(&self.work.settings)?;
        Ok(AccountsShown {
            current: book.current.unwrap_or_else(|| crate::account::SANDBOX.to_owned()),
            accounts: book.accounts,
            keychain: Vault::try_keychain().err(),
            file_open: self.work.vault.is_unlocked(),
        })
    }

    /// Opens the protected file, or makes it; deliveries that had stopped for want of it go on.
    pub(super) async fn unlock(self: &std::sync::Arc<Self>, request: UnlockRequest) -> Result<AccountsShown, Failure> {
        self.work.vault.unlock(&request.passphrase)?;
        self.forget_reaches().await;
        let shown = self.accounts()?;
        for account in shown.accounts.iter().filter(|a| a.keep == KeepIn::File) {
            self.resume_for(&account.id);
        }
        Ok(shown)
    }

    /// Waits for the browser to come back; deliveries that had stopped for want of this account
    /// go on.
    pub(super) async fn sign_in(
        self: &std::sync::Arc<Self>,
        request: SignInRequest,
        call: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<Account, Failure> {
        if let Some(passphrase) = request.passphrase {
            self.work.vault.unlock(&passphrase)?;
        }
        let wish = BrowserWish {
            profile: request.profile,
            keep: request.keep,
            account: request.account,
            patience: PATIENCE,
            open: request.open,
            client_secret: None,
            ca_file: self.given.ca_file.clone(),
        };
        let (cancel, _end) = self.cancellable(call);
        let told = |opened: crate::Opened| {
            let said = SignInTold::Awaited { url: opened.url, opened: opened.opened };
            tell(serde_json::to_value(said).unwrap_or_default());
        };
        let account = crate::sign_in_by_browser(&self.work, &wish, &told, &cancel).await?;
        self.forget_reaches().await;
        self.resume_for(&account.id);
        Ok(account)
    }

    pub(super) async fn sign_out(&self, request: SignOutRequest) -> Result<SignedOut, Failure> {
        let (page, told) = crate::sign_out(&self.work, &request.account).await?;
        self.forget_reaches().await;
        if let Some(page) = page.filter(|_| request.browser) {
            let _ = tokio::task::spawn_blocking(move || webbrowser::open(&page)).await;
        }
        Ok(SignedOut { told })
    }

    pub(super) async fn use_account(&self, request: UseAccountRequest) -> Result<super::Here, Failure> {
        crate::use_account(&self.work, &request.account, request.datastore.as_deref()).await?;
        self.forget_reaches().await;
        self.here().await
    }

    pub(super) async fn datastores(&self) -> Result<Vec<DatastoreShown>, Failure> {
        crate::datastores(&self.reach().await?).await
    }

    pub(super) async fn forget_reaches(&self) {
        *self.reaches.lock().await = super::Reaches::default();
    }

    /// Deliveries that wait for an account go on once it is there.
    fn resume_for(self: &std::sync::Arc<Self>, account: &str) {
        let running: Vec<String> = hold(&self.running).keys().cloned().collect();
        for delivery in self.deliveries() {
            let waits = delivery.failure.as_ref().is_some_and(|f| super::deliveries::waits_for_sign_in(f));
            if waits && delivery.account.as_deref() == Some(account) && !running.contains(&delivery.id) {
                if let Err(failure) = self.resume(&delivery.id) {
                    tracing::warn!(%failure, "a delivery did not go on after the sign-in");
                }
            }
        }
    }
}
