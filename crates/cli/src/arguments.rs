//! What can be typed.

pub(crate) mod accounts;
mod examples;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::Service;

/// From a file of geodata to live services on the Géoplateforme.
#[derive(Debug, Parser)]
#[command(name = "quai", version, about, after_help = examples::QUAI, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// One JSON document a line on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the messages.
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Say more of what is going on.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Seconds without progress after which reading a source is given up.
    #[arg(long, global = true, default_value_t = 30, value_name = "SECONDS")]
    pub(crate) time_limit: u64,
    /// Memory that reading a source may take, in megabytes.
    #[arg(long, global = true, default_value_t = 4096, value_name = "MEGABYTES")]
    pub(crate) memory_limit: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Fr,
    En,
}

/// How the list of downloads is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListArgument {
    Csv,
    Geojson,
}

impl From<ListArgument> for commands::ListForm {
    fn from(form: ListArgument) -> Self {
        match form {
            ListArgument::Csv => Self::Csv,
            ListArgument::Geojson => Self::GeoJson,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ZonesArgument {
    Whole,
    Files,
    Folders,
}

impl From<ZonesArgument> for model::Zones {
    fn from(zones: ZonesArgument) -> Self {
        match zones {
            ZonesArgument::Whole => Self::Whole,
            ZonesArgument::Files => Self::Files,
            ZonesArgument::Folders => Self::Folders,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HowArgument {
    Injection,
    Successive,
    Merge,
}

impl From<HowArgument> for model::UpdateHow {
    fn from(how: HowArgument) -> Self {
        match how {
            HowArgument::Injection => Self::Injection,
            HowArgument::Successive => Self::Successive,
            HowArgument::Merge => Self::Merge,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what files hold: layers, CRS, extent, fields.
    #[command(visible_alias = "look", after_help = examples::INSPECT)]
    Inspect {
        /// Files, folders, archives.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Read every feature, not only the headers.
        #[arg(long)]
        scan: bool,
    },
    /// Say what the platform would refuse.
    #[command(visible_alias = "verify", after_help = examples::VALIDATE)]
    Validate {
        /// Files, folders, archives.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Services meant, separated by commas.
        #[arg(long = "as", value_delimiter = ',', value_name = "SERVICES")]
        services: Vec<Service>,
        /// The CRS to declare, as EPSG:2154.
        #[arg(long)]
        srs: Option<String>,
        #[command(flatten)]
        judging: Judging,
    },
    /// Write the conforming copy that would be uploaded.
    #[command(after_help = examples::PACKAGE)]
    Package {
        /// Files, folders, archives.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Technical name of the package.
        #[arg(long)]
        name: String,
        /// Services meant, separated by commas: they decide which packages are needed.
        #[arg(long = "as", value_delimiter = ',', default_value = "wfs", value_name = "SERVICES")]
        services: Vec<Service>,
        /// The CRS to deliver in, as EPSG:2154.
        #[arg(long)]
        srs: Option<String>,
        /// What is downloaded by itself: the whole, each file, or each folder.
        #[arg(long, value_enum, default_value_t = ZonesArgument::Whole)]
        zones: ZonesArgument,
        /// Folder to write into.
        #[arg(long, short = 'o')]
        into: PathBuf,
    },
    /// Mend a copy of the data: names, CRS, encoding, geometries.
    #[command(after_help = examples::REPAIR)]
    Repair(#[command(flatten)] Repairing),
    /// Send the files, whole, and stop there.
    #[command(after_help = examples::UPLOAD)]
    Upload(#[command(flatten)] Publishing),
    /// Send what is missing, and wait for the platform's checks.
    #[command(after_help = examples::CHECK)]
    Check(#[command(flatten)] Publishing),
    /// Go as far as the stored data: databases, tiles, archives.
    #[command(after_help = examples::PROCESS)]
    Process(#[command(flatten)] Publishing),
    /// The whole journey, from files to live services.
    #[command(after_help = examples::PUBLISH)]
    Publish(#[command(flatten)] Publishing),
    /// Bring new images into live services of images; the former state can come back until it is confirmed.
    #[command(after_help = examples::UPDATE)]
    Update(#[command(flatten)] Updating),
    /// Make images of a WMS, and publish them as tiles.
    #[command(after_help = examples::HARVEST)]
    Harvest(#[command(flatten)] Harvesting),
    /// Give the addresses of a datasheet's services, for QGIS too, and ask each whether it answers.
    #[command(after_help = examples::SHARE)]
    Share {
        /// Name of the datasheet.
        name: String,
        /// Do not ask the services anything.
        #[arg(long)]
        no_probe: bool,
        /// Print the list of what can be downloaded instead, zone by zone, for a portal of one's own.
        #[arg(long, value_enum, value_name = "FORM")]
        list: Option<ListArgument>,
        #[command(flatten)]
        connection: ConnectionArguments,
    },
    /// Show what the platform holds of a datasheet; without a name, which datasheets there are.
    #[command(after_help = examples::STATUS)]
    Status {
        /// Name of the datasheet.
        name: Option<String>,
        #[command(flatten)]
        connection: ConnectionArguments,
    },
    /// Remove a datasheet: its services, configurations, stored data and uploads.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// Name of the datasheet.
        name: String,
        /// Do not ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        connection: ConnectionArguments,
    },
    /// The platform in a box, on this machine.
    #[command(after_help = examples::SANDBOX)]
    Sandbox {
        #[command(subcommand)]
        act: Option<SandboxAct>,
        /// Address to listen on; port 0 takes any that is free.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Folder kept across restarts.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A switch, as `stage_milliseconds=0`; may be repeated.
        #[arg(long = "switch", value_name = "NAME=VALUE")]
        switches: Vec<String>,
    },
    /// Sign in: in the browser, or by a secret; what keeps one signed in goes to the keychain.
    #[command(after_help = examples::LOGIN)]
    Login(#[command(flatten)] accounts::LoginArguments),
    /// Say who is signed in: communities, rights, datastores, quotas.
    #[command(after_help = examples::WHOAMI)]
    Whoami(#[command(flatten)] ConnectionArguments),
    /// Sign an account out, and forget it.
    #[command(after_help = examples::LOGOUT)]
    Logout(#[command(flatten)] accounts::LogoutArguments),
    /// Show profiles and accounts; choose the current account, add a platform.
    #[command(after_help = examples::PROFILES)]
    Profiles {
        #[command(subcommand)]
        act: Option<accounts::ProfilesAct>,
    },
    /// Try each hop between this machine and the platform, and name the one that fails.
    #[command(after_help = examples::DOCTOR)]
    Doctor(#[command(flatten)] ConnectionArguments),
    /// Show or set the proxy and the certificates to trust.
    #[command(after_help = examples::NETWORK)]
    Network(#[command(flatten)] accounts::NetworkArguments),
    /// Serve the app's page to a browser on this machine, with the same engine behind it.
    #[command(hide = true)]
    Bridge {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
        /// The built page: `ui/dist`.
        #[arg(long)]
        ui: Option<PathBuf>,
        /// Files that the page may ask about; they stand for what dialogs would give.
        #[arg(long, num_args = 1..)]
        grant: Vec<PathBuf>,
        #[command(flatten)]
        connection: ConnectionArguments,
    },
    /// Write the completions of a shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxAct {
    /// Run in the foreground until stopped; the first line on standard output says how to use it.
    Run {
        /// Address to listen on; port 0 takes any that is free.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Folder kept across restarts.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A switch, as `stage_milliseconds=0`; may be repeated.
        #[arg(long = "switch", value_name = "NAME=VALUE")]
        switches: Vec<String>,
    },
    /// Start in the background, or show the one that runs.
    Start,
    /// Show the one that runs.
    Status,
    /// Stop the one that runs in the background.
    Stop,
}

/// Against what to judge, and how to tell.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// A data model: a file (ours, or a Table Schema of schema.data.gouv.fr), or the name of one that
    /// is shipped: cnig-plu-2013, cnig-sup-pm3-2013, cnig-pcrs-2.0.
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) model: Option<String>,
    /// Where the data should be, in degrees: west,south,east,north.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "W,S,E,N")]
    pub(crate) area: Option<Vec<f64>>,
    /// How to tell the findings; by the ending of `--output` when that is given alone.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// File to write the findings into, instead of the standard output.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Words for people.
    Screen,
    /// One JSON document a line, as `--json`.
    Jsonl,
    /// The places, for a map.
    Geojson,
    /// A page with a map, that opens in any browser without a network.
    Html,
    /// For code forges and editors.
    Sarif,
}

#[derive(Debug, Args)]
pub(crate) struct Publishing {
    /// Files, folders, archives; or one folder that `quai package` wrote.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Services, separated by commas: wfs, wms-vector, tms, download; of images: wmts, wms-raster, tms,
    /// download, and altimetry for terrain.
    #[arg(long = "as", value_delimiter = ',', required = true, value_name = "SERVICES")]
    pub(crate) services: Vec<Service>,
    /// Technical name of the layers: letters, digits, `_`, `-`, `.`.
    #[arg(long)]
    pub(crate) name: String,
    /// Datasheet shown in cartes.gouv.fr; the name by default.
    #[arg(long)]
    pub(crate) datasheet: Option<String>,
    /// Title of the services; the name by default.
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    /// What the services say of themselves; the title by default.
    #[arg(long = "abstract", default_value = "", value_name = "TEXT")]
    pub(crate) abstract_: String,
    /// May be repeated.
    #[arg(long = "keyword", value_name = "WORD")]
    pub(crate) keywords: Vec<String>,
    /// SLD 1.0.0: `FILE` for every table, or `TABLE=FILE`. A ROK4 style of images: `FILE.json`, the
    /// first being the default. May be repeated.
    #[arg(long = "style", value_name = "[TABLE=]FILE")]
    pub(crate) styles: Vec<String>,
    /// The CRS to declare, for data that do not say theirs.
    #[arg(long)]
    pub(crate) srs: Option<String>,
    /// Publish on endpoints that need a key.
    #[arg(long)]
    pub(crate) private: bool,
    /// Leave the upload in place afterwards.
    #[arg(long)]
    pub(crate) keep_upload: bool,
    /// With `download`: what is downloaded by itself, the whole, each file, or each folder.
    #[arg(long, value_enum, default_value_t = ZonesArgument::Whole)]
    pub(crate) zones: ZonesArgument,
    /// Send nothing: say whether it will work, from the data and the account, or what stops it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask: start the sandbox when there is no account, publish for all to see.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten, next_help_heading = "Images")]
    pub(crate) pyramid: PyramidArguments,
    #[command(flatten, next_help_heading = "Platform")]
    pub(crate) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Updating {
    /// Name of the datasheet.
    pub(crate) name: String,
    /// New images: files, folders; or one folder that `quai package` wrote.
    pub(crate) paths: Vec<PathBuf>,
    /// How they come in. Without it, tells what each way makes impossible afterwards, and does nothing.
    #[arg(long, value_enum)]
    pub(crate) how: Option<HowArgument>,
    /// Give the former state up.
    #[arg(long, conflicts_with_all = ["paths", "how", "undo"])]
    pub(crate) confirm: bool,
    /// Bring the former state back.
    #[arg(long, conflicts_with_all = ["paths", "how"])]
    pub(crate) undo: bool,
    /// The CRS to declare, for images that do not say theirs.
    #[arg(long)]
    pub(crate) srs: Option<String>,
    /// Do not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten, next_help_heading = "Platform")]
    pub(crate) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Harvesting {
    /// Technical name of the layers to publish, and of the datasheet.
    pub(crate) name: String,
    /// A datasheet that publishes a WMS of vectors.
    #[arg(long, value_name = "DATASHEET", conflicts_with_all = ["url", "layers"])]
    pub(crate) from: Option<String>,
    /// Address of another WMS; the platform only reaches its own by default.
    #[arg(long, requires = "layers")]
    pub(crate) url: Option<String>,
    /// Its layers, separated by commas.
    #[arg(long, requires = "url", value_name = "NAMES")]
    pub(crate) layers: Option<String>,
    /// What to harvest, in degrees: west,south,east,north; the datasheet's own ground by default.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "W,S,E,N")]
    pub(crate) area: Option<Vec<f64>>,
    /// Levels, the least detailed first: 8-14. Each is asked of the service.
    #[arg(long, value_name = "TOP-BOTTOM")]
    pub(crate) levels: Option<String>,
    /// Keep what is not drawn transparent: PNG, about ten times heavier than JPEG.
    #[arg(long)]
    pub(crate) transparent: bool,
    /// Services, separated by commas.
    #[arg(long = "as", value_delimiter = ',', default_value = "wmts,tms", value_name = "SERVICES")]
    pub(crate) services: Vec<Service>,
    /// Title of the services; the name by default.
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    /// Publish on endpoints that need a key.
    #[arg(long)]
    pub(crate) private: bool,
    /// Do not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten, next_help_heading = "Platform")]
    pub(crate) connection: ConnectionArguments,
}

/// The pyramid of images; what is not given is chosen from them, and told.
#[derive(Debug, Args)]
pub(crate) struct PyramidArguments {
    /// Grid of the tiles, of the platform's own list: PM, 4326, LAMB93_50cm…
    #[arg(long, value_name = "GRID")]
    pub(crate) grid: Option<String>,
    /// jpg, jpg90, png or zip.
    #[arg(long, value_name = "NAME")]
    pub(crate) compression: Option<String>,
    /// nn, linear or bicubic.
    #[arg(long, value_name = "NAME")]
    pub(crate) interpolation: Option<String>,
    /// Levels, the least detailed first: 0-18.
    #[arg(long, value_name = "TOP-BOTTOM")]
    pub(crate) levels: Option<String>,
    /// Keep where there are data: needed if images are to be added later. `--mask false` never does.
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) mask: Option<bool>,
}

/// Which platform, and as whom; what is not given comes from the environment, then the current account.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArguments {
    /// An account of `quai profiles`: `production/camille`, or what only one has; `sandbox`.
    #[arg(long, env = "QUAI_ACCOUNT", value_name = "NAME")]
    account: Option<String>,
    /// A profile of `quai profiles`: `production`, `qualification`, `sandbox`, or another.
    #[arg(long, env = "QUAI_PROFILE", value_name = "NAME")]
    profile: Option<String>,
    #[arg(long, env = "QUAI_API_URL", value_name = "URL")]
    api_url: Option<String>,
    #[arg(long, env = "QUAI_TOKEN_URL", value_name = "URL")]
    token_url: Option<String>,
    #[arg(long, env = "QUAI_CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,
    #[arg(long, env = "QUAI_USERNAME", value_name = "NAME")]
    username: Option<String>,
    #[arg(long, env = "QUAI_DATASTORE", value_name = "ID")]
    datastore: Option<String>,
    /// A certificate authority to trust, in PEM.
    #[arg(long, env = "QUAI_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl ConnectionArguments {
    /// With the secrets of the environment, which no argument carries: arguments are seen by all.
    pub(crate) fn given(&self) -> commands::Given {
        let secret = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty()).map(commands::Secret::new);
        let text = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
        commands::Given {
            api: text(&self.api_url),
            token_url: text(&self.token_url),
            client_id: text(&self.client_id),
            client_secret: secret("QUAI_CLIENT_SECRET"),
            username: text(&self.username),
            password: secret("QUAI_PASSWORD"),
            token: secret("QUAI_TOKEN"),
            datastore: text(&self.datastore),
            ca_file: self.ca_file.clone(),
            totp: secret("QUAI_TOTP"),
            account: text(&self.account),
            profile: text(&self.profile),
        }
    }
}

/// What to mend, and how.
#[derive(Debug, Args)]
pub(crate) struct Repairing {
    /// Files, folders, archives.
    #[arg(required_unless_present = "undo")]
    pub(crate) paths: Vec<PathBuf>,
    /// Code to mend, or CODE=OPTION to choose how; may be given several times.
    #[arg(long, value_name = "CODE[=OPTION]")]
    pub(crate) fix: Vec<String>,
    /// Mend all that can be without any loss or guess.
    #[arg(long)]
    pub(crate) all_safe: bool,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Folder to write the copy into.
    #[arg(long, short = 'o', required_unless_present_any = ["plan", "undo"])]
    pub(crate) into: Option<PathBuf>,
    /// Technical name of the copy; that of the first file otherwise.
    #[arg(long, default_value = "")]
    pub(crate) name: String,
    /// The CRS to deliver in, as EPSG:2154.
    #[arg(long)]
    pub(crate) srs: Option<String>,
    /// Drop the heights of geometries.
    #[arg(long)]
    pub(crate) drop_z: bool,
    /// Drop the measures of geometries.
    #[arg(long)]
    pub(crate) drop_m: bool,
    /// Round coordinates to this, in units of the CRS.
    #[arg(long, value_name = "UNITS")]
    pub(crate) precision: Option<f64>,
    /// Name a field otherwise; may be given several times.
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,
    /// Leave a field out; may be given several times.
    #[arg(long, value_name = "FIELD")]
    pub(crate) drop_field: Vec<String>,
    /// Remove the copy that a repair wrote into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["plan", "into", "all_safe"])]
    pub(crate) undo: Option<PathBuf>,
}
