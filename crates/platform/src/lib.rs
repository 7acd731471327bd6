//! The API Entrepôt: its JSON (`wire`), its client, its refusals. Knows nothing of files on disk
//! beyond streaming one, nothing of deliveries, windows or keychains.

pub mod auth;
mod client;
mod error;
pub mod network;
mod pace;
mod query;
pub mod wire;

pub use client::{Attachment, Client, Connection, Content, Page, Progress, Visited, routes};
pub use error::{Kind, Refusal, Retry};
pub use pace::Pace;
pub use query::Query;
