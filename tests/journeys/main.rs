//! From files to live services, as a person would, read back by programs that know nothing of us.

mod canton;
mod kill;
mod rasters;
mod peers;
mod repair;
mod samples;
mod sdk;
