//! Configurations: what is to be served, and how.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{
    CreateConfiguration, CreateOffering, ReplaceConfiguration, SaveComment, Tags, UpdateConfiguration,
};
use crate::wire::{Comment, Configuration, EventItem, Feed, Offering};

routes! {
    asked GET "/datastores/{datastore}/configurations/activity" configuration_activity(datastore), gives Feed;
    all GET "/datastores/{datastore}/configurations" configurations(datastore), gives Configuration;
    make POST "/datastores/{datastore}/configurations" create_configuration(datastore) sends CreateConfiguration, gives Configuration;
    one GET "/datastores/{datastore}/configurations/{configuration}" configuration(datastore, configuration), gives Configuration;
    save PUT "/datastores/{datastore}/configurations/{configuration}" replace_configuration(datastore, configuration) sends ReplaceConfiguration;
    save PATCH "/datastores/{datastore}/configurations/{configuration}" update_configuration(datastore, configuration) sends UpdateConfiguration;
    act DELETE "/datastores/{datastore}/configurations/{configuration}" delete_configuration(datastore, configuration);
    save POST "/datastores/{datastore}/configurations/{configuration}/tags" tag_configuration(datastore, configuration) sends Tags;
    cut DELETE "/datastores/{datastore}/configurations/{configuration}/tags" untag_configuration(datastore, configuration);
    one GET "/datastores/{datastore}/configurations/{configuration}/comments" configuration_comments(datastore, configuration), gives Vec<Comment>;
    tell POST "/datastores/{datastore}/configurations/{configuration}/comments" add_configuration_comment(datastore, configuration) sends SaveComment;
    save PUT "/datastores/{datastore}/configurations/{configuration}/comments/{comment}" replace_configuration_comment(datastore, configuration, comment) sends SaveComment;
    act DELETE "/datastores/{datastore}/configurations/{configuration}/comments/{comment}" delete_configuration_comment(datastore, configuration, comment);
    one GET "/datastores/{datastore}/configurations/{configuration}/events" configuration_events(datastore, configuration), gives Vec<EventItem>;
    all GET "/datastores/{datastore}/configurations/{configuration}/offerings" configuration_offerings(datastore, configuration), gives Offering;
    make POST "/datastores/{datastore}/configurations/{configuration}/offerings" create_offering(datastore, configuration) sends CreateOffering, gives Offering;
}
