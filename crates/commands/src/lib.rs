//! What every front door offers, composed from the rooms. Knows nothing of windows or terminals.

mod account;
mod connection;
pub mod desk;
mod doctor;
mod journey;
mod look;
mod network;
mod preflight;
mod repair;
mod sandbox_process;
mod share_list;
mod standards;
mod update;
mod workplace;
mod wrap;

pub use account::{
    Account, Book, BrowserWish, DatastoreShown, KeepIn, Method, Opened, Profile, Secrets, Vault, Who, datastores,
    profile, profiles, remove_profile, save_profile, sign_in_by_browser, sign_in_by_secret, sign_out, use_account,
    whoami,
};
pub use connection::{Asker, Given, Origin, Reach, reach, reach_asking};
pub use doctor::{Hop, HopState, doctor};
pub use journey::{PublishRequest, Style, datasheets, delete, deletion, deliver_to, publish, share, status};
pub use look::{Looked, inspect as inspect_sources, look};
pub use network::{NetworkSettings, network_settings, set_network};
pub use preflight::preflight;
pub use repair::{look_for_repairs, plan_repairs, repair, undo_repair};
pub use sandbox_process::{alive_sandbox, ensure_sandbox, stop_sandbox};
pub use share_list::{ListForm, download_list};
pub use standards::{files_of, model_named, write_report};
pub use update::{
    HarvestRequest, UpdateRequest, confirm_update, harvest, undo_update, updatable, update, update_refused,
};
pub use workplace::Workplace;
pub use wrap::wrap;

pub use deliver::{Datasheet, Deletion, Published, Updatable};
pub use inspect::Depth;
pub use inspect::worker::{self, Limits};
pub use model::{Event, Failure};
pub use package::Choices;
pub use platform::Refusal;
pub use platform::auth::{Ask, Secret};
pub use validate::{Expectations, Language, report};

/// Opens an address in the system's browser; true when there is one.
#[must_use]
pub fn open_in_browser(url: &str) -> bool {
    webbrowser::open(url).is_ok()
}

/// The life of a worker process: the handlers of the rooms that use GDAL.
#[must_use]
pub fn worker_main() -> std::process::ExitCode {
    let mut handlers: Vec<(&str, worker::Handler)> = inspect::HANDLERS.to_vec();
    handlers.extend(package::HANDLERS.iter().copied());
    inspect::work(&handlers)
}
