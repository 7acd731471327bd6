//! A session begun in the browser: what renews it, and who is asked when it has ended. Where its
//! refresh token is kept is behind [`Keep`]; several processes may share it.

use std::any::Any;

use super::realm::{Realm, RealmSettings};
use super::trouble::Trouble;
use super::{Granted, Secret};
use crate::error::Refusal;

/// What keeps a refresh token. Called on threads that may block.
pub trait Keep: std::fmt::Debug + Send + Sync + 'static {
    /// What is kept now; asked each time, since another process may have renewed it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self) -> Result<Option<Secret>, String>;

    /// # Errors
    /// When it cannot be written.
    fn write(&self, refresh: &Secret) -> Result<(), String>;

    /// Keeps other processes from renewing until dropped: a refresh token may be good once only.
    fn alone(&self) -> Box<dyn Any + Send>;
}

/// Who may be asked to sign in again in the middle of work.
#[async_trait::async_trait]
pub trait Ask: std::fmt::Debug + Send + Sync + 'static {
    /// True once they did: the work goes on. Until then it waits.
    async fn sign_in_again(&self, why: &Refusal) -> bool;
}

/// A session of one account in one realm.
#[derive(Debug)]
pub struct Session {
    settings: RealmSettings,
    keep: Box<dyn Keep>,
    realm: tokio::sync::OnceCell<Realm>,
}

impl Session {
    #[must_use]
    pub fn new(settings: RealmSettings, keep: impl Keep) -> Self {
        Self { settings, keep: Box::new(keep), realm: tokio::sync::OnceCell::new() }
    }

    /// The provider, found at the first need.
    ///
    /// # Errors
    /// As [`Realm::discover`].
    pub async fn realm(&self, http: &reqwest::Client) -> Result<&Realm, Trouble> {
        self.realm.get_or_try_init(|| Realm::discover(self.settings.clone(), http)).await
    }

    /// A new access token; the refresh token that came with it is kept in the place of the old.
    pub(super) async fn renew(self: &std::sync::Arc<Self>, http: &reqwest::Client) -> Result<Granted, Trouble> {
        let realm = self.realm(http).await?;
        let own = std::sync::Arc::clone(self);
        let (kept, alone) =
            blocking(move || (own.keep.alone(), own.keep.read())).await.map(|(alone, kept)| (kept, alone))?;
        let refresh = kept
            .map_err(Trouble::Keeping)?
            .ok_or_else(|| Trouble::Ended("nothing is kept of this session".to_owned()))?;
        let granted = realm.refresh(&refresh).await?;
        if let Some(next) = granted.refresh.clone().filter(|next| *next != refresh) {
            let own = std::sync::Arc::clone(self);
            blocking(move || own.keep.write(&next)).await?.map_err(Trouble::Keeping)?;
        }
        drop(alone);
        Ok(granted)
    }
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(act).await.map_err(|e| Trouble::Keeping(e.to_string()))
}
