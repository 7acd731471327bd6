//! Uploads: what is sent before it becomes stored data.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{CreateUpload, SaveComment, Tags, UpdateUpload};
use crate::wire::{Comment, EventItem, Feed, Sharing, TreeNode, Upload, UploadChecks};

routes! {
    asked GET "/datastores/{datastore}/uploads/activity" upload_activity(datastore), gives Feed;
    all GET "/datastores/{datastore}/uploads" uploads(datastore), gives Upload;
    make POST "/datastores/{datastore}/uploads" create_upload(datastore) sends CreateUpload, gives Upload;
    one GET "/datastores/{datastore}/uploads/{upload}" upload(datastore, upload), gives Upload;
    save PATCH "/datastores/{datastore}/uploads/{upload}" update_upload(datastore, upload) sends UpdateUpload;
    act DELETE "/datastores/{datastore}/uploads/{upload}" delete_upload(datastore, upload);
    send POST "/datastores/{datastore}/uploads/{upload}/data" send_file(datastore, upload), gives Option<Upload>;
    file GET "/datastores/{datastore}/uploads/{upload}/data" read_file(datastore, upload);
    cut DELETE "/datastores/{datastore}/uploads/{upload}/data" remove_file(datastore, upload);
    send POST "/datastores/{datastore}/uploads/{upload}/md5" send_md5(datastore, upload), gives Option<Upload>;
    cut DELETE "/datastores/{datastore}/uploads/{upload}/md5" remove_md5(datastore, upload);
    one GET "/datastores/{datastore}/uploads/{upload}/tree" upload_tree(datastore, upload), gives Vec<TreeNode>;
    once POST "/datastores/{datastore}/uploads/{upload}/close" close_upload(datastore, upload);
    once POST "/datastores/{datastore}/uploads/{upload}/open" open_upload(datastore, upload);
    one GET "/datastores/{datastore}/uploads/{upload}/checks" upload_checks(datastore, upload), gives UploadChecks;
    tell POST "/datastores/{datastore}/uploads/{upload}/checks" ask_checks(datastore, upload) sends Vec<String>;
    save POST "/datastores/{datastore}/uploads/{upload}/tags" tag_upload(datastore, upload) sends Tags;
    cut DELETE "/datastores/{datastore}/uploads/{upload}/tags" untag_upload(datastore, upload);
    one GET "/datastores/{datastore}/uploads/{upload}/comments" upload_comments(datastore, upload), gives Vec<Comment>;
    tell POST "/datastores/{datastore}/uploads/{upload}/comments" add_upload_comment(datastore, upload) sends SaveComment;
    save PUT "/datastores/{datastore}/uploads/{upload}/comments/{comment}" replace_upload_comment(datastore, upload, comment) sends SaveComment;
    act DELETE "/datastores/{datastore}/uploads/{upload}/comments/{comment}" delete_upload_comment(datastore, upload, comment);
    one GET "/datastores/{datastore}/uploads/{upload}/events" upload_events(datastore, upload), gives Vec<EventItem>;
    one GET "/datastores/{datastore}/uploads/{upload}/sharings" upload_sharings(datastore, upload), gives Vec<Sharing>;
    tell POST "/datastores/{datastore}/uploads/{upload}/sharings" add_upload_sharings(datastore, upload) sends Vec<String>;
    cut DELETE "/datastores/{datastore}/uploads/{upload}/sharings" remove_upload_sharings(datastore, upload);
}
