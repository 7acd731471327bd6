//! Metadata records.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::Metadata;
use crate::wire::requests::{PublishMetadata, Tags, UpdateMetadata};

routes! {
    all GET "/datastores/{datastore}/metadata" metadata_list(datastore), gives Metadata;
    send POST "/datastores/{datastore}/metadata" create_metadata(datastore), gives Metadata;
    one GET "/datastores/{datastore}/metadata/{metadata}" metadata(datastore, metadata), gives Metadata;
    file GET "/datastores/{datastore}/metadata/{metadata}/file" metadata_file(datastore, metadata);
    replace PUT "/datastores/{datastore}/metadata/{metadata}" replace_metadata(datastore, metadata), gives Metadata;
    save PATCH "/datastores/{datastore}/metadata/{metadata}" update_metadata(datastore, metadata) sends UpdateMetadata;
    act DELETE "/datastores/{datastore}/metadata/{metadata}" delete_metadata(datastore, metadata);
    save POST "/datastores/{datastore}/metadata/{metadata}/tags" tag_metadata(datastore, metadata) sends Tags;
    cut DELETE "/datastores/{datastore}/metadata/{metadata}/tags" untag_metadata(datastore, metadata);
    tell POST "/datastores/{datastore}/metadata/publication" publish_metadata(datastore) sends PublishMetadata;
    tell POST "/datastores/{datastore}/metadata/unpublication" unpublish_metadata(datastore) sends PublishMetadata;
}
