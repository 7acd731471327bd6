//! From files to live services, as a person would, read back by programs that know nothing of us.

mod canton;
mod images_in_a_page;
mod kill;
mod page;
mod peers;
mod rasters;
mod repair;
mod samples;
mod sdk;
mod updates;
mod updates_in_a_page;
mod zones;
