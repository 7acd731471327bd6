//! Who one is, and what one may use.

use super::Client;
use crate::error::Refusal;
use crate::wire::{Datastore, Processing, User};

impl Client {
    /// `GET /users/me`
    pub async fn me(&self) -> Result<User, Refusal> {
        self.get("/users/me").await
    }

    /// `GET /datastores/{datastore}`
    pub async fn datastore(&self, datastore: &str) -> Result<Datastore, Refusal> {
        self.get(&format!("/datastores/{datastore}")).await
    }

    /// `GET /datastores/{datastore}/processings`, each with its types.
    pub async fn processings(&self, datastore: &str) -> Result<Vec<Processing>, Refusal> {
        let fields = "name,input_types,output_types".to_owned();
        let query: Vec<(&str, String)> = fields.split(',').map(|f| ("fields", f.to_owned())).collect();
        self.list(&format!("/datastores/{datastore}/processings"), &query).await
    }
}
