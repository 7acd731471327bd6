//! Look: any path, folder or archive that GDAL can open becomes an inventory of facts.
//!
//! GDAL runs in worker processes ([`worker`]); this process opens no stranger's file with it, and
//! judges nothing: that is `validate`.

mod handlers;
mod inspector;
mod look;
mod references;
mod sets;
pub mod source;
mod sql;
pub mod worker;

pub use handlers::HANDLERS;
pub use inspector::{Depth, Inspector, News};

/// The whole life of a worker that answers these.
#[must_use]
pub fn work(handlers: &[(&str, worker::Handler)]) -> std::process::ExitCode {
    worker::serve(handlers, geodata::remake_indexes_in)
}
