//! Who one is for the platform: communities, rights, datastores, quotas.

use model::Failure;
use serde::Serialize;
use ts_rs::TS;

use super::book::Book;
use super::profile::SANDBOX;
use super::told::refused;
use crate::{Reach, Workplace};

/// Who is signed in, and where.
#[derive(Debug, Clone, Serialize)]
pub struct Who {
    /// `production/camille`; nothing in the sandbox or when all came from the environment.
    pub account: Option<String>,
    pub profile: Option<String>,
    pub api: String,
    pub datastore: String,
    pub datastore_name: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    /// A service account.
    pub technical: bool,
    /// Community and rights.
    pub communities: Vec<(String, Vec<String>)>,
    /// What may be chosen with `--datastore`.
    pub datastores: Vec<DatastoreShown>,
    /// Of personal documents, in bytes: used, at most.
    pub documents: [u64; 2],
    /// Of keys: used, at most.
    pub keys: [u64; 2],
}

/// A datastore that an account may work in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct DatastoreShown {
    pub id: String,
    /// The community's: a community has at most one datastore.
    pub name: String,
    /// `UPLOAD`, `PROCESSING`, `ANNEX`, `BROADCAST`, `COMMUNITY`; all of them for its supervisor.
    pub rights: Vec<String>,
    /// The one in use.
    pub current: bool,
}

/// # Errors
/// The platform's refusal.
pub async fn whoami(reach: &Reach) -> Result<Who, Failure> {
    let me = reach.client.me().await.map_err(|r| refused(&r))?;
    let datastores = stores(&me, &reach.datastore);
    let name = [me.first_name.as_deref(), me.last_name.as_deref()];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(Who {
        account: reach.account.clone(),
        profile: reach.profile.clone(),
        api: reach.client.api().to_owned(),
        datastore: reach.datastore.clone(),
        datastore_name: datastores.iter().find(|d| d.current).map(|d| d.name.clone()),
        email: me.email,
        name: Some(name).filter(|n| !n.is_empty()),
        technical: me.technical,
        communities: me.communities_member.into_iter().map(|m| (m.community.name, m.rights)).collect(),
        datastores,
        documents: [me.documents_used, me.documents_quota],
        keys: [me.keys_used, me.keys_quota],
    })
}

fn stores(me: &platform::wire::User, current: &str) -> Vec<DatastoreShown> {
    me.communities_member
        .iter()
        .filter_map(|m| {
            let id = m.community.datastore.as_ref()?.to_string();
            let current = id == current;
            Some(DatastoreShown { id, name: m.community.name.clone(), rights: m.rights.clone(), current })
        })
        .collect()
}

/// The datastores that the account may work in.
///
/// # Errors
/// The platform's refusal.
pub async fn datastores(reach: &Reach) -> Result<Vec<DatastoreShown>, Failure> {
    let me = reach.client.me().await.map_err(|r| refused(&r))?;
    Ok(stores(&me, &reach.datastore))
}

/// Makes an account the current one, and perhaps a datastore its own. `sandbox` is one too.
///
/// # Errors
/// When there is no such account, or the account no such datastore.
pub async fn use_account(
    work: &Workplace,
    name: &str,
    datastore: Option<&str>,
) -> Result<Option<super::Account>, Failure> {
    if name == SANDBOX {
        Book::change(&work.settings, |book| book.current = Some(SANDBOX.to_owned()))?;
        return Ok(None);
    }
    let mut account = Book::read(&work.settings)?.named(name)?.clone();
    if let Some(wanted) = datastore {
        let client = crate::connection::client_of(work, &account).await?;
        let me = client.me().await.map_err(|r| refused(&r))?;
        let all = stores(&me, "");
        let found = all.iter().find(|d| d.id == wanted || d.name == wanted).ok_or_else(|| {
            let names: Vec<String> = all.iter().map(|d| format!("{} ({})", d.name, d.id)).collect();
            Failure::new(
                "DATASTORE_UNKNOWN",
                format!("Ce compte n’a pas d’entrepôt « {wanted} ». Il a : {}.", names.join(", ")),
                format!("This account has no datastore `{wanted}`. It has: {}.", names.join(", ")),
            )
        })?;
        account.datastore = Some(found.id.clone());
        account.datastore_name = Some(found.name.clone());
    }
    Book::change(&work.settings, |book| book.add(account)).map(Some)
}
