/** Every question the page asks, with the key its answer is kept under: reads provide a key, writes
 *  name the keys they make stale. Knows no screen. */
import { QueryClient } from "@tanstack/react-query";
import type { Account } from "../bindings/Account";
import type { AccountsShown } from "../bindings/AccountsShown";
import type { About } from "../bindings/About";
import type { DatastoreShown } from "../bindings/DatastoreShown";
import type { Datasheet } from "../bindings/Datasheet";
import type { Deletion } from "../bindings/Deletion";
import type { Delivery } from "../bindings/Delivery";
import type { Dropped } from "../bindings/Dropped";
import type { Event } from "../bindings/Event";
import type { Here } from "../bindings/Here";
import type { Hop } from "../bindings/Hop";
import type { Judged } from "../bindings/Judged";
import type { Level } from "../bindings/Level";
import type { LogShown } from "../bindings/LogShown";
import type { NetworkShown } from "../bindings/NetworkShown";
import type { NetworkWish } from "../bindings/NetworkWish";
import type { PlanShown } from "../bindings/PlanShown";
import type { Preferences } from "../bindings/Preferences";
import type { Profile } from "../bindings/Profile";
import type { ProfileShown } from "../bindings/ProfileShown";
import type { Proposal } from "../bindings/Proposal";
import type { PyramidRequest } from "../bindings/PyramidRequest";
import type { PyramidShown } from "../bindings/PyramidShown";
import type { PyramidWish } from "../bindings/PyramidWish";
import type { Recent } from "../bindings/Recent";
import type { RepairChoices } from "../bindings/RepairChoices";
import type { Repaired } from "../bindings/Repaired";
import type { RepairPlan } from "../bindings/RepairPlan";
import type { Rows } from "../bindings/Rows";
import type { RowsRequest } from "../bindings/RowsRequest";
import type { Said } from "../bindings/Said";
import type { Seen } from "../bindings/Seen";
import type { Service } from "../bindings/Service";
import type { Share } from "../bindings/Share";
import type { SheetLine } from "../bindings/SheetLine";
import type { SignInRequest } from "../bindings/SignInRequest";
import type { SignInTold } from "../bindings/SignInTold";
import type { UpdatableShown } from "../bindings/UpdatableShown";
import type { UpdateWish } from "../bindings/UpdateWish";
import type { Wish } from "../bindings/Wish";
import type { Zones } from "../bindings/Zones";
import { host } from "./host";

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 5_000, networkMode: "always" }, mutations: { networkMode: "always" } },
});

export const keys = {
  about: ["about"],
  here: ["here"],
  sheets: ["sheets"],
  sheet: (name: string) => ["sheets", name],
  deliveries: ["deliveries"],
  recent: ["recent"],
  sample: ["sample"],
  log: ["log"],
  preferences: ["preferences"],
  rows: (r: RowsRequest) => ["rows", r.key, r.layer, r.sort, r.descending, r.filter, r.fid, r.offset],
  proposal: (paths: string[]) => ["proposal", ...paths],
  plan: (paths: string[], name: string, services: Service[], srs: string | null, zones: Zones) => ["plan", paths, name, services, srs, zones],
  pyramid: (paths: string[], services: Service[], srs: string | null, wish: PyramidWish) => ["pyramid", paths, services, srs, wish],
  catalogue: ["catalogue"],
  values: (key: string, layer: number) => ["values", key, String(layer)],
  accounts: ["accounts"],
  profiles: ["profiles"],
  datastores: ["datastores"],
  network: ["network"],
  repairs: (paths: string[], srs: string | null) => ["repairs", ...paths, srs ?? ""],
  name: (name: string) => ["name", name],
  share: (datasheet: string, rehearsal: boolean) => ["sheets", datasheet, "share", String(rehearsal)],
  updatable: (datasheet: string) => ["sheets", datasheet, "updatable"],
  live: (offering: string) => ["live", offering],
} as const;

export interface NameAdvice {
  conforms: boolean;
  proposal: string;
  taken: boolean;
}

export interface CodeEntry {
  code: string;
  level: Level;
  sentences: [string, string];
  why: [string, string];
}

const ask = <T>(command: string, request: object = {}) => host().call<T>(command, request);

export const about = () => ask<About>("about");
export const here = () => ask<Here>("here");
export const sheets = () => ask<SheetLine[]>("sheets");
export const sheet = (name: string) => ask<Datasheet>("sheet", { name });
export const deliveries = () => ask<Delivery[]>("deliveries");
export const preferences = () => ask<Preferences>("preferences");
export const rows = (request: RowsRequest) => ask<Rows>("rows", request);
export const propose = (paths: string[]) => ask<Proposal>("propose", { paths });
export const checkName = (name: string) => ask<NameAdvice>("check_name", { name });
export const plan = (paths: string[], name: string, services: Service[], srs: string | null, zones: Zones) =>
  ask<PlanShown[]>("plan", { paths, name, services, srs, zones });
export const pyramid = (request: PyramidRequest) => ask<PyramidShown>("pyramid", request);
export const catalogue = () => ask<CodeEntry[]>("catalogue");
export const accounts = () => ask<AccountsShown>("accounts");
export const profiles = () => ask<ProfileShown[]>("profiles");
export const datastores = () => ask<DatastoreShown[]>("datastores");
export const network = () => ask<NetworkShown>("network");
export const planRepairs = (paths: string[], choices: RepairChoices) => ask<RepairPlan>("plan_repairs", { paths, choices });
export const repair = (paths: string[], choices: RepairChoices) => ask<Repaired>("repair", { paths, choices });
export const undoRepair = (folder: string) => ask<null>("undo_repair", { folder });
export const deletion = (name: string) => ask<Deletion>("deletion", { name });
export const share = (datasheet: string, rehearsal: boolean) => ask<Share>("share", { datasheet, rehearsal });
export const probe = (datasheet: string, rehearsal: boolean) => ask<Share>("probe", { datasheet, rehearsal });
export const updatable = (name: string) => ask<UpdatableShown>("updatable", { name });
export const opened = () => ask<Dropped>("opened");
export const recent = () => ask<Recent[]>("recent");
export const reopen = (paths: string[]) => ask<Dropped>("reopen", { paths });
export const sample = () => ask<Dropped>("sample");
export const log = () => ask<LogShown>("log");
export const chooseFiles = () => ask<Dropped>("choose_files");
export const chooseFolder = () => ask<Dropped>("choose_folder");

export const inspect = (paths: string[], call: string, hear: (e: Event) => void) =>
  host().call<Seen>("inspect", { paths, call }, (e) => hear(e as Event));
export const look = (paths: string[], srs: string | null, call: string, hear: (e: Event) => void) =>
  host().call<Judged>("look", { paths, srs, services: [], call }, (e) => hear(e as Event));
export const cancel = (call: string) => ask<null>("cancel", { call });

const stale = (...all: (readonly string[])[]) => Promise.all(all.map((queryKey) => queryClient.invalidateQueries({ queryKey })));

export async function deliver(wish: Wish): Promise<string> {
  const { id } = await ask<{ id: string }>("deliver", wish);
  void stale(keys.deliveries);
  return id;
}

/** What the preview is called, and by which datasheet its services are found. */
export const preview = (wish: Wish) => ask<{ id: string; datasheet: string }>("preview", wish);
export const endPreview = (id: string) => ask<null>("end_preview", { id }).catch(() => null);

export async function resume(id: string): Promise<string> {
  const answer = await ask<{ id: string }>("resume", { id });
  void stale(keys.deliveries);
  return answer.id;
}

export async function pause(id: string): Promise<Delivery> {
  const delivery = await ask<Delivery>("pause", { id });
  void stale(keys.deliveries);
  return delivery;
}

export async function forget(id: string): Promise<void> {
  await ask<null>("forget", { id });
  void stale(keys.deliveries, keys.sheets);
}

export async function watch(id: string, hear: (said: Said) => void): Promise<Delivery> {
  const delivery = await host().call<Delivery>("watch", { id }, (e) => hear(e as Said));
  void stale(keys.deliveries, keys.sheets, keys.here);
  return delivery;
}

/** Begins an act on live images; how it goes is in what is then read of them. */
export async function update(wish: UpdateWish): Promise<void> {
  await ask<{ id: string }>("update", wish);
  await stale(keys.updatable(wish.datasheet), keys.deliveries);
}

export async function remove(name: string): Promise<void> {
  await ask<null>("delete", { name });
  void stale(keys.sheets, keys.here);
}

export async function setPreferences(wanted: Preferences): Promise<void> {
  queryClient.setQueryData(keys.preferences, wanted);
  await ask<Preferences>("set_preferences", wanted);
  void stale(keys.preferences);
}

/** Asks where things are kept from the next start on; the usual place when nothing was chosen. */
export async function chooseDataFolder(): Promise<Preferences> {
  const now = await ask<Preferences>("choose_data_folder");
  queryClient.setQueryData(keys.preferences, now);
  return now;
}

/** Who one is changes what everything else is. */
const otherAccount = () => stale(keys.here, keys.accounts, keys.datastores, keys.sheets, keys.deliveries, ["name"], ["pyramid"]);

export async function signIn(request: SignInRequest, call: string, tell: (told: { url: string; opened: boolean }) => void): Promise<Account> {
  const account = await host().call<Account>("sign_in", { ...request, call }, (e) => tell(e as SignInTold));
  await otherAccount();
  return account;
}

export async function signOut(account: string): Promise<void> {
  await ask<unknown>("sign_out", { account, browser: true });
  await otherAccount();
}

export async function chooseAccount(account: string, datastore?: string): Promise<void> {
  await ask<Here>("use_account", { account, ...(datastore ? { datastore } : {}) });
  await otherAccount();
}

export async function setProfile(wanted: Profile): Promise<void> {
  queryClient.setQueryData(keys.profiles, await ask<ProfileShown[]>("set_profile", wanted));
}

/** Opens the protected file of accounts for this run, or makes it. */
export async function unlock(passphrase: string): Promise<void> {
  await ask<AccountsShown>("unlock", { passphrase });
  await otherAccount();
}

export async function setNetwork(wanted: NetworkWish): Promise<void> {
  queryClient.setQueryData(keys.network, await ask<NetworkShown>("set_network", wanted));
  await stale(keys.here);
}

/** Asks whom to trust beside the system's authorities; what was set stays when nothing is chosen. */
export async function chooseAuthorities(): Promise<void> {
  queryClient.setQueryData(keys.network, await ask<NetworkShown>("choose_authorities"));
  await stale(keys.here);
}

/** Tries each hop towards the platform. */
export const doctor = (call: string, hear: (hop: Hop) => void) => host().call<Hop[]>("doctor", { call }, (told) => hear(told as Hop));
