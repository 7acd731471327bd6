//! Uploads, checks, executions and stored data.

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use crate::error::Refusal;
use crate::wire::requests::{CreateExecution, CreateUpload, Tags};
use crate::wire::{Execution, StoredData, Upload, UploadChecks};

fn fields(names: &str) -> Vec<(&'static str, String)> {
    names.split(',').map(|f| ("fields", f.to_owned())).collect()
}

impl Client {
    /// `POST …/uploads`
    pub async fn create_upload(&self, datastore: &str, upload: &CreateUpload) -> Result<Upload, Refusal> {
        self.post(&format!("/datastores/{datastore}/uploads"), upload).await
    }

    /// `GET …/uploads`, those of a name, or carrying a tag.
    pub async fn uploads(&self, datastore: &str, name: Option<&str>, tag: Option<(&str, &str)>) -> Result<Vec<Upload>, Refusal> {
        let mut query = fields("name,type,status,srs,size,tags,description");
        query.extend(name.map(|n| ("name", n.to_owned())));
        let tag = tag.map(|(key, value)| (format!("tags[{key}]"), value.to_owned()));
        if let Some((key, value)) = &tag {
            query.push((key.as_str(), value.clone()));
            return self.list(&format!("/datastores/{datastore}/uploads"), &query).await;
        }
        self.list(&format!("/datastores/{datastore}/uploads"), &query).await
    }

    /// `GET …/uploads/{upload}`
    pub async fn upload(&self, datastore: &str, upload: &str) -> Result<Upload, Refusal> {
        self.get(&format!("/datastores/{datastore}/uploads/{upload}")).await
    }

    /// `POST …/uploads/{upload}/close`: starts the checks.
    pub async fn close_upload(&self, datastore: &str, upload: &str) -> Result<(), Refusal> {
        self.act(Method::POST, &format!("/datastores/{datastore}/uploads/{upload}/close")).await
    }

    /// `POST …/uploads/{upload}/open`
    pub async fn open_upload(&self, datastore: &str, upload: &str) -> Result<(), Refusal> {
        self.act(Method::POST, &format!("/datastores/{datastore}/uploads/{upload}/open")).await
    }

    /// `DELETE …/uploads/{upload}`
    pub async fn delete_upload(&self, datastore: &str, upload: &str) -> Result<(), Refusal> {
        self.act(Method::DELETE, &format!("/datastores/{datastore}/uploads/{upload}")).await
    }

    /// `GET …/uploads/{upload}/checks`
    pub async fn upload_checks(&self, datastore: &str, upload: &str) -> Result<UploadChecks, Refusal> {
        self.get(&format!("/datastores/{datastore}/uploads/{upload}/checks")).await
    }

    /// `GET …/checks/executions/{execution}/logs`
    pub async fn check_logs(&self, datastore: &str, execution: &str) -> Result<Vec<String>, Refusal> {
        let path = format!("/datastores/{datastore}/checks/executions/{execution}/logs");
        Ok(self.page(&path, &[], 1, 2000).await?.items)
    }

    /// `POST …/{uploads|stored_data|configurations}/{id}/tags`
    pub async fn add_tags(&self, datastore: &str, kind: &str, id: &str, tags: &Tags) -> Result<(), Refusal> {
        self.change(Method::POST, &format!("/datastores/{datastore}/{kind}/{id}/tags"), tags).await
    }

    /// `POST …/processings/executions`
    pub async fn create_execution(&self, datastore: &str, execution: &CreateExecution) -> Result<Execution, Refusal> {
        self.post(&format!("/datastores/{datastore}/processings/executions"), execution).await
    }

    /// `GET …/processings/executions`, those that read an upload or a stored data. Thin.
    pub async fn executions(&self, datastore: &str, input: (&str, &str)) -> Result<Vec<Execution>, Refusal> {
        self.list(&format!("/datastores/{datastore}/processings/executions"), &[(input.0, input.1.to_owned())]).await
    }

    /// `GET …/processings/executions/{execution}`
    pub async fn execution(&self, datastore: &str, execution: &str) -> Result<Execution, Refusal> {
        self.get(&format!("/datastores/{datastore}/processings/executions/{execution}")).await
    }

    /// `POST …/processings/executions/{execution}/launch`
    pub async fn launch(&self, datastore: &str, execution: &str) -> Result<(), Refusal> {
        self.act(Method::POST, &format!("/datastores/{datastore}/processings/executions/{execution}/launch")).await
    }

    /// `POST …/processings/executions/{execution}/abort`
    pub async fn abort(&self, datastore: &str, execution: &str) -> Result<(), Refusal> {
        self.act(Method::POST, &format!("/datastores/{datastore}/processings/executions/{execution}/abort")).await
    }

    /// `GET …/processings/executions/{execution}/logs`
    pub async fn execution_logs(&self, datastore: &str, execution: &str) -> Result<Vec<String>, Refusal> {
        let path = format!("/datastores/{datastore}/processings/executions/{execution}/logs");
        Ok(self.page(&path, &[], 1, 2000).await?.items)
    }

    /// `GET …/stored_data`, those carrying a tag.
    pub async fn stored_data_list(&self, datastore: &str, tag: Option<(&str, &str)>) -> Result<Vec<StoredData>, Refusal> {
        let mut query = fields("name,type,status,srs,size,tags");
        let tag = tag.map(|(key, value)| (format!("tags[{key}]"), value.to_owned()));
        if let Some((key, value)) = &tag {
            query.push((key.as_str(), value.clone()));
            return self.list(&format!("/datastores/{datastore}/stored_data"), &query).await;
        }
        self.list(&format!("/datastores/{datastore}/stored_data"), &query).await
    }

    /// `GET …/stored_data/{stored_data}`
    pub async fn stored_data(&self, datastore: &str, id: &str) -> Result<StoredData, Refusal> {
        self.get(&format!("/datastores/{datastore}/stored_data/{id}")).await
    }

    /// `PATCH …/stored_data/{stored_data}`: edition dates and extent, which nothing computes for an
    /// archive.
    pub async fn patch_stored_data(&self, datastore: &str, id: &str, changes: &Value) -> Result<(), Refusal> {
        self.change(Method::PATCH, &format!("/datastores/{datastore}/stored_data/{id}"), &json!(changes)).await
    }

    /// `DELETE …/stored_data/{stored_data}`
    pub async fn delete_stored_data(&self, datastore: &str, id: &str) -> Result<(), Refusal> {
        self.act(Method::DELETE, &format!("/datastores/{datastore}/stored_data/{id}")).await
    }
}
