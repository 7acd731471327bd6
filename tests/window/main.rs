//! The real window, driven as a person would: files dropped from another program, the system's own
//! file chooser, clicks; what comes out is read by GDAL. Each test has a display, a session bus and
//! folders of its own, so that they may run side by side.

mod accounts;
mod browser;
mod journeys;
mod measure;
mod native;
mod painter;
mod rasters;
mod stage;
mod updates;
