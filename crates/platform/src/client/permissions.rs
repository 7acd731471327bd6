//! Permissions that the datastore grants.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{CreatePermission, UpdatePermission};
use crate::wire::{Permission, Statistics};

routes! {
    all GET "/datastores/{datastore}/permissions" permissions(datastore), gives Permission;
    make POST "/datastores/{datastore}/permissions" create_permission(datastore) sends CreatePermission, gives Vec<Permission>;
    one GET "/datastores/{datastore}/permissions/{permission}" permission(datastore, permission), gives Permission;
    save PATCH "/datastores/{datastore}/permissions/{permission}" update_permission(datastore, permission) sends UpdatePermission;
    act DELETE "/datastores/{datastore}/permissions/{permission}" delete_permission(datastore, permission);
    asked GET "/datastores/{datastore}/permissions/{permission}/stats" permission_stats(datastore, permission), gives Statistics;
}
