//! The account: itself, its keys and accesses, what it was granted, its documents.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{CreateAccess, CreateKey, UpdateDocument, UpdateKey};
use crate::wire::{Access, Document, Key, Permission, Person, Statistics, StoredData, User};

routes! {
    one GET "/users/me" me(), gives User;
    act DELETE "/users/me/communities/{community}" leave_community(community);
    all GET "/users/me/stored_data" my_stored_data_list(), gives StoredData;
    one GET "/users/me/stored_data/{stored_data}" my_stored_data(stored_data), gives StoredData;
    asked GET "/users/me/stats" my_stats(), gives Statistics;
    all GET "/users/me/permissions" my_permissions(), gives Permission;
    one GET "/users/me/permissions/{permission}" my_permission(permission), gives Permission;
    act DELETE "/users/me/permissions/{permission}" give_up_permission(permission);
    asked GET "/users/me/permissions/{permission}/stats" my_permission_stats(permission), gives Statistics;
    all GET "/users/me/keys" keys(), gives Key;
    make POST "/users/me/keys" create_key() sends CreateKey, gives Key;
    one GET "/users/me/keys/{key}" key(key), gives Key;
    save PATCH "/users/me/keys/{key}" update_key(key) sends UpdateKey;
    act DELETE "/users/me/keys/{key}" delete_key(key);
    asked GET "/users/me/keys/{key}/stats" key_stats(key), gives Statistics;
    all GET "/users/me/keys/{key}/accesses" accesses(key), gives Access;
    tell POST "/users/me/keys/{key}/accesses" create_access(key) sends CreateAccess;
    act DELETE "/users/me/keys/{key}/accesses/{access}" delete_access(key, access);
    all GET "/users/me/documents" documents(), gives Document;
    send POST "/users/me/documents" create_document(), gives Document;
    one GET "/users/me/documents/{document}" document(document), gives Document;
    file GET "/users/me/documents/{document}/file" document_file(document);
    save PATCH "/users/me/documents/{document}" update_document(document) sends UpdateDocument;
    replace PUT "/users/me/documents/{document}" replace_document(document), gives Document;
    act DELETE "/users/me/documents/{document}" delete_document(document);
    one GET "/users/me/documents/{document}/sharings" document_sharings(document), gives Vec<Person>;
    tell POST "/users/me/documents/{document}/sharings" add_document_sharings(document) sends Vec<String>;
    cut DELETE "/users/me/documents/{document}/sharings" remove_document_sharings(document);
}
