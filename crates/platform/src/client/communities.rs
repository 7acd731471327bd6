//! Communities and the public catalogues.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{SetRights, UpdateCommunity};
use crate::wire::{Community, Feed, Member, Offering, Organization};

routes! {
    one GET "/communities/{community}" community(community), gives Community;
    save PATCH "/communities/{community}" update_community(community) sends UpdateCommunity;
    all GET "/communities/{community}/users" community_users(community), gives Member;
    save PUT "/communities/{community}/users/{user}" set_rights(community, user) sends SetRights;
    act DELETE "/communities/{community}/users/{user}" delete_community_member(community, user);
    asked GET "/communities/{community}/users/activity" community_member_activity(community), gives Feed;
    asked GET "/communities/{community}/permissions/activity" community_permission_activity(community), gives Feed;
    asked GET "/communities/{technical_name}/activity" public_activity(technical_name), gives Feed;
    all GET "/catalogs/communities" catalog_communities(), gives Community;
    all GET "/catalogs/organizations" catalog_organizations(), gives Organization;
    all GET "/catalogs/offerings" catalog_offerings(), gives Offering;
}
