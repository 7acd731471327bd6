//! Examples at the end of each `--help`. Words only; the tests run those that can be.

pub(super) const QUAI: &str = "Examples:
  quai inspect roads.gpkg
  quai validate delivery/ --json
  quai publish roads.shp --as wfs,wms-vector,tms,download --name roads --yes
  quai share roads
  quai sandbox run --listen 127.0.0.1:0 --data /tmp/box

Step by step, each going on from where the other stopped:
  quai upload, quai check, quai process, quai publish, with the same arguments

Exit codes: 0 done; 1 the data or the platform said no; 2 the command could not run; 130 interrupted.";

pub(super) const INSPECT: &str = "Examples:
  quai inspect roads.gpkg
  quai inspect delivery/ photos.zip --json
  quai inspect huge.gpkg --scan        # reads every feature, for the true extent and counts";

pub(super) const VALIDATE: &str = "Examples:
  quai validate roads.gpkg
  quai validate delivery/ --as wfs,tms --json
  quai validate old.shp --srs EPSG:27572   # data that do not say their CRS
  quai validate roads.gpkg --output report.html   # a page with a map, that opens in any browser
  quai validate 41175_PLU_20140603/ --model cnig-plu-2013
  quai validate stations.csv --model schema.json  # a Table Schema of schema.data.gouv.fr";

pub(super) const PACKAGE: &str = "Examples:
  quai package roads.shp --name roads --as wfs,download -o packages/
  quai publish packages/ --name roads --as wfs,download   # publishes just that";

pub(super) const REPAIR: &str = "Examples:
  quai repair roads.shp --all-safe --plan                 # what would be done, option by option
  quai repair roads.shp --all-safe -o mended/
  quai repair old.shp --fix CRS_MISSING=EPSG:27572 --srs EPSG:2154 -o mended/
  quai repair roads.csv --fix ENCODING_NOT_UTF8=cp850 --fix RETYPE -o mended/
  quai publish mended/ --as wfs --name roads              # publishes the copy
  quai repair --undo mended/                              # the copy goes; the source was never touched

The record of what was done is repair.json, beside the copy.";

pub(super) const UPLOAD: &str = "Examples:
  quai upload roads.shp --as wfs,download --name roads
  quai upload packages/ --as wfs,download --name roads    # what `quai package` wrote

Run again after a cut, it sends only what is not there whole.";

pub(super) const CHECK: &str = "Examples:
  quai check roads.shp --as wfs --name roads
  quai check roads.shp --as wfs --name roads --json | tail -1

A check that fails is told with the lines of its log that explain it.";

pub(super) const PROCESS: &str = "Examples:
  quai process roads.shp --as wfs,tms --name roads
  quai process roads.shp --as wfs,tms --name roads --keep-upload";

pub(super) const PUBLISH: &str = "Examples:
  quai publish roads.shp --as wfs,wms-vector,tms,download --name roads --yes
  quai publish roads.gpkg --as wms-vector --name roads --style roads=roads.sld --title \"Roads\"
  quai publish secret.gpkg --as wfs --name secret --private
  quai publish roads.gpkg --as wfs --name roads --dry-run   # sends nothing, says whether it will work

Run again after a cut, it goes on from there; run again with changed data, the services take them.";

pub(super) const UPDATE: &str = "Examples:
  quai update ortho                                  # what each way makes impossible afterwards
  quai update ortho new-tiles/ --how successive      # the services show them; the former state is kept
  quai update ortho --undo                           # the former state is back
  quai update ortho --confirm                        # it is given up

Run again after a cut, it goes on from there. Vectors are updated by `quai publish` with the new data.";

pub(super) const HARVEST: &str = "Examples:
  quai harvest roads_map --from roads --levels 10-15
  quai harvest map --url https://data.geopf.fr/wms-v --layers a,b --area 2.2,48.8,2.5,48.9 --levels 8-14 --transparent";

pub(super) const SHARE: &str = "Examples:
  quai share roads
  quai share roads --no-probe
  quai share roads --json | jq -r '.offerings[].links[] | select(.purpose==\"qgis\").url'
  quai share ortho --list csv > downloads.csv    # zone by zone, for a portal of one's own

Ends with 1 when a service does not answer, or answers with nothing in it.";

pub(super) const STATUS: &str = "Examples:
  quai status
  quai status roads --json";

pub(super) const DELETE: &str = "Examples:
  quai delete roads          # lists what would go, then asks
  quai delete roads --yes";

pub(super) const SANDBOX: &str = "Examples:
  quai sandbox start         # in the background; `quai publish` finds it
  quai sandbox run --listen 127.0.0.1:0 --data /tmp/box --switch stage_milliseconds=0
  quai sandbox stop";

pub(super) const LOGIN: &str = "Examples:
  quai login --profile production
  quai login --profile sandbox --no-browser
  quai login --profile production --by password --username me
  quai login --by client --profile production   # a service account: QUAI_CLIENT_SECRET

Passwords and secrets are asked for, or read from QUAI_PASSWORD, QUAI_TOTP, QUAI_CLIENT_SECRET; never
given as arguments.";

pub(super) const WHOAMI: &str = "Examples:
  quai whoami
  quai whoami --json";

pub(super) const LOGOUT: &str = "Examples:
  quai logout
  quai logout qualification/me
  quai logout --all --browser";

pub(super) const PROFILES: &str = "Examples:
  quai profiles
  quai profiles use production/me --datastore mairie
  quai profiles set production --client-id ID
  quai profiles set own --api-url https://api.example.org/api --issuer https://sso.example.org/realms/r --client-id ID";

pub(super) const DOCTOR: &str = "Examples:
  quai doctor
  quai doctor --profile qualification --json

Tries disk, GDAL, keychain, names, proxy, certificate, clock, sign-in, API and datastore in turn.";

pub(super) const NETWORK: &str = "Examples:
  quai network
  quai network --proxy http://proxy.example.org:3128 --proxy-user me
  quai network --pac http://wpad/proxy.pac --trust /etc/ssl/our-authority.pem
  quai network --proxy system";

pub(super) const COMPLETIONS: &str = "Examples:
  quai completions bash > ~/.local/share/bash-completion/completions/quai
  quai completions zsh > ~/.zfunc/_quai
  quai completions fish > ~/.config/fish/completions/quai.fish";
