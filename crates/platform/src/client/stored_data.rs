//! Stored data: what processings make.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{SaveComment, Tags, UpdateStoredData};
use crate::wire::{Comment, Dependencies, EventItem, Feed, Sharing, StoredData};

routes! {
    asked GET "/datastores/{datastore}/stored_data/activity" stored_data_activity(datastore), gives Feed;
    all GET "/datastores/{datastore}/stored_data" stored_data_list(datastore), gives StoredData;
    one GET "/datastores/{datastore}/stored_data/{stored_data}" stored_data(datastore, stored_data), gives StoredData;
    save PATCH "/datastores/{datastore}/stored_data/{stored_data}" update_stored_data(datastore, stored_data) sends UpdateStoredData;
    act DELETE "/datastores/{datastore}/stored_data/{stored_data}" delete_stored_data(datastore, stored_data);
    save POST "/datastores/{datastore}/stored_data/{stored_data}/tags" tag_stored_data(datastore, stored_data) sends Tags;
    cut DELETE "/datastores/{datastore}/stored_data/{stored_data}/tags" untag_stored_data(datastore, stored_data);
    one GET "/datastores/{datastore}/stored_data/{stored_data}/comments" stored_data_comments(datastore, stored_data), gives Vec<Comment>;
    tell POST "/datastores/{datastore}/stored_data/{stored_data}/comments" add_stored_data_comment(datastore, stored_data) sends SaveComment;
    save PUT "/datastores/{datastore}/stored_data/{stored_data}/comments/{comment}" replace_stored_data_comment(datastore, stored_data, comment) sends SaveComment;
    act DELETE "/datastores/{datastore}/stored_data/{stored_data}/comments/{comment}" delete_stored_data_comment(datastore, stored_data, comment);
    one GET "/datastores/{datastore}/stored_data/{stored_data}/events" stored_data_events(datastore, stored_data), gives Vec<EventItem>;
    one GET "/datastores/{datastore}/stored_data/{stored_data}/sharings" stored_data_sharings(datastore, stored_data), gives Vec<Sharing>;
    tell POST "/datastores/{datastore}/stored_data/{stored_data}/sharings" add_stored_data_sharings(datastore, stored_data) sends Vec<String>;
    cut DELETE "/datastores/{datastore}/stored_data/{stored_data}/sharings" remove_stored_data_sharings(datastore, stored_data);
    one GET "/datastores/{datastore}/stored_data/{stored_data}/visibility" stored_data_visibility(datastore, stored_data), gives Vec<Sharing>;
    tell POST "/datastores/{datastore}/stored_data/{stored_data}/visibility" add_stored_data_visibility(datastore, stored_data) sends Vec<String>;
    save DELETE "/datastores/{datastore}/stored_data/{stored_data}/visibility" remove_stored_data_visibility(datastore, stored_data) sends Vec<String>;
    one GET "/datastores/{datastore}/stored_data/{stored_data}/dependencies" stored_data_dependencies(datastore, stored_data), gives Dependencies;
}
