//! Static files: styles and their like.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::Static;
use crate::wire::requests::UpdateStatic;

routes! {
    all GET "/datastores/{datastore}/statics" statics(datastore), gives Static;
    send POST "/datastores/{datastore}/statics" create_static_file(datastore), gives Static;
    one GET "/datastores/{datastore}/statics/{static}" static_file(datastore, static_file), gives Static;
    file GET "/datastores/{datastore}/statics/{static}/file" static_file_file(datastore, static_file);
    replace PUT "/datastores/{datastore}/statics/{static}" replace_static_file(datastore, static_file), gives Option<Static>;
    save PATCH "/datastores/{datastore}/statics/{static}" update_static_file(datastore, static_file) sends UpdateStatic;
    act DELETE "/datastores/{datastore}/statics/{static}" delete_static_file(datastore, static_file);
}
