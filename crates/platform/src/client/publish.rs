//! Configurations, offerings and static files.

use reqwest::{Method, multipart};

use super::Client;
use crate::error::{Kind, Refusal};
use crate::wire::requests::{CreateConfiguration, CreateOffering};
use crate::wire::{Configuration, Offering, Static};

impl Client {
    /// `GET …/configurations`, by filters: `layer_name`, `type`, `tags[…]`.
    pub async fn configurations(&self, datastore: &str, filters: &[(&str, String)]) -> Result<Vec<Configuration>, Refusal> {
        let mut query: Vec<(&str, String)> =
            ["name", "layer_name", "type", "status", "tags"].iter().map(|f| ("fields", (*f).to_owned())).collect();
        query.extend(filters.iter().cloned());
        self.list(&format!("/datastores/{datastore}/configurations"), &query).await
    }

    /// `GET …/configurations/{configuration}`
    pub async fn configuration(&self, datastore: &str, id: &str) -> Result<Configuration, Refusal> {
        self.get(&format!("/datastores/{datastore}/configurations/{id}")).await
    }

    /// `POST …/configurations`
    pub async fn create_configuration(&self, datastore: &str, body: &CreateConfiguration) -> Result<Configuration, Refusal> {
        self.post(&format!("/datastores/{datastore}/configurations"), body).await
    }

    /// `DELETE …/configurations/{configuration}`
    pub async fn delete_configuration(&self, datastore: &str, id: &str) -> Result<(), Refusal> {
        self.act(Method::DELETE, &format!("/datastores/{datastore}/configurations/{id}")).await
    }

    /// `GET …/configurations/{configuration}/offerings`
    pub async fn configuration_offerings(&self, datastore: &str, id: &str) -> Result<Vec<Offering>, Refusal> {
        self.list(&format!("/datastores/{datastore}/configurations/{id}/offerings"), &[]).await
    }

    /// `POST …/configurations/{configuration}/offerings`: publishes, asynchronously.
    pub async fn create_offering(&self, datastore: &str, configuration: &str, body: &CreateOffering) -> Result<Offering, Refusal> {
        self.post(&format!("/datastores/{datastore}/configurations/{configuration}/offerings"), body).await
    }

    /// `GET …/offerings/{offering}`; nothing once it is gone.
    pub async fn offering(&self, datastore: &str, id: &str) -> Result<Option<Offering>, Refusal> {
        match self.get(&format!("/datastores/{datastore}/offerings/{id}")).await {
            Ok(offering) => Ok(Some(offering)),
            Err(refusal) if refusal.kind == Kind::NotFound => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// `DELETE …/offerings/{offering}`: unpublishes, then removes when asked again.
    pub async fn delete_offering(&self, datastore: &str, id: &str) -> Result<(), Refusal> {
        self.act(Method::DELETE, &format!("/datastores/{datastore}/offerings/{id}")).await
    }

    /// `GET …/statics`, those of a name.
    pub async fn statics(&self, datastore: &str, name: &str) -> Result<Vec<Static>, Refusal> {
        self.list(&format!("/datastores/{datastore}/statics"), &[("name", name.to_owned())]).await
    }

    /// `POST …/statics`
    pub async fn create_static(&self, datastore: &str, name: &str, kind: &str, content: &[u8]) -> Result<Static, Refusal> {
        let path = format!("/datastores/{datastore}/statics");
        let answer = self
            .send(Method::POST, &path, false, async |request| {
                let part = multipart::Part::bytes(content.to_vec()).file_name(format!("{name}.sld"));
                let form = multipart::Form::new()
                    .part("file", part)
                    .text("name", name.to_owned())
                    .text("type", kind.to_owned());
                Ok(request.multipart(form))
            })
            .await?;
        Self::read(&path, answer).await
    }

    /// `DELETE …/statics/{static}`
    pub async fn delete_static(&self, datastore: &str, id: &str) -> Result<(), Refusal> {
        self.act(Method::DELETE, &format!("/datastores/{datastore}/statics/{id}")).await
    }
}
