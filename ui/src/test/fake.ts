/** A host that answers from a table: for the component tests and the pictures of states. */
import type { Failure } from "../bindings/Failure";
import type { PyramidWish } from "../bindings/PyramidWish";
import { Refused, type Host, type Told } from "../platform/host";
import * as data from "./data";

export type Answer = (request: Record<string, unknown>, tell: Told) => unknown;
export type Answers = Record<string, Answer>;

/** An answer that never comes. */
export const never: Answer = () => new Promise(() => undefined);
export const refuse = (failure: Failure): Answer => () => Promise.reject(new Refused(failure));

/** All goes well. */
export const good: Answers = {
  about: () => ({ version: "0.1.0", gdal: "3.6.2", system: "linux x86_64", data_folder: "/home/camille/.local/share/quai", data_folder_fixed: false }),
  here: () => data.sandbox,
  sheets: () => data.sheets,
  sheet: () => ({ name: "canton", entities: [{ _id: "e1", entity: "offering", type: "WFS", name: "canton", status: "PUBLISHED", urls: [] }] }),
  deliveries: () => [],
  accounts: () => ({ current: "sandbox", accounts: [], keychain: null, file_open: false }),
  profiles: () => [data.profile],
  set_profile: (wanted) => [{ profile: wanted, missing: null }],
  datastores: () => [],
  network: () => ({ proxy: null, pac: null, proxy_username: null, ca_file: null, proxy_password_kept: false, authorities: null }),
  set_network: ({ proxy_password, ...wanted }) => ({ ...wanted, proxy_password_kept: proxy_password !== undefined, authorities: wanted["ca_file"] ? data.trusted : null }),
  choose_authorities: () => data.trusting,
  doctor: (_, tell) => {
    data.hops().forEach(tell);
    return data.hops();
  },
  updatable: () => data.updatable(),
  update: () => ({ id: "d1" }),
  unlock: () => ({ current: "sandbox", accounts: [], keychain: "no bus", file_open: true }),
  sign_in: () => data.someone,
  sign_out: () => ({ told: true }),
  use_account: () => data.account,
  plan_repairs: () => ({ name: "canton", srs: "EPSG:2154", repairs: [], tables: [], stays: [], refused: null }),
  recent: () => [],
  sample: () => ({ paths: ["/usr/share/quai/CANTON.shp"] }),
  log: () => ({ file: "/home/camille/quai.log", lines: ["started"] }),
  reopen: ({ paths }) => ({ paths }),
  opened: () => ({ paths: [] }),
  choose_files: () => ({ paths: ["/home/camille/données/CANTON.shp"] }),
  choose_folder: () => ({ paths: ["/home/camille/données"] }),
  inspect: () => ({ sources: [data.source] }),
  look: () => data.judged([data.renamedField("INSEE_DEP"), data.renamedField("INSEE_CAN")]),
  catalogue: () => [
    { code: "FIELD_NAME_REFUSED", level: "degrades", sentences: ["", ""], why: ["La plateforme n’admet que des minuscules.", "The platform takes lower case only."] },
    { code: "FILE_EMPTY", level: "blocks", sentences: ["« {file} » est un fichier vide. Réexportez-le.", "`{file}` is an empty file. Export it again."], why: ["", ""] },
  ],
  propose: () => data.proposal,
  plan: () => data.plan,
  rows: () => data.rows,
  pyramid: ({ wish }) => data.pyramid(wish as PyramidWish),
  check_name: ({ name }) => ({ conforms: /^[a-z_][a-z0-9_]*$/.test(String(name)), proposal: String(name).toLowerCase().replace(/[^a-z0-9_]+/g, "_"), taken: false }),
  deliver: () => ({ id: "d1" }),
  watch: () => data.delivery("published", { step: "publish" }),
  pause: () => data.delivery("paused"),
  resume: () => ({ id: "d1" }),
  forget: () => null,
  cancel: () => null,
  share: () => data.shared([data.offering("WFS"), data.offering("DOWNLOAD")]),
  probe: () => data.shared([data.offering("WFS"), data.offering("DOWNLOAD")]),
  deletion: () => ({ datasheet: "canton", entities: [{ _id: "e1", entity: "offering", name: "canton" }] }),
  delete: () => null,
  preview: () => ({ id: "p1", datasheet: "apercu_1" }),
  end_preview: () => null,
};

export class FakeHost implements Host {
  readonly calls: [string, Record<string, unknown>][] = [];
  readonly #answers: Answers;
  readonly #ears = new globalThis.Map<string, Set<(payload: unknown) => void>>();

  constructor(answers: Answers = {}) {
    let kept: unknown = data.preferences;
    const remembered: Answers = { preferences: () => kept, set_preferences: (wanted) => (kept = wanted) };
    const all = { ...good, ...remembered, ...answers };
    const choose_data_folder: Answers[string] = (asked, tell) => ({ ...(all["preferences"]?.(asked, tell) as object), data_folder: "/media/disque/quai" });
    this.#answers = { choose_data_folder, ...all };
  }

  async call<T>(command: string, request: object, onEvent?: Told): Promise<T> {
    const asked = request as Record<string, unknown>;
    this.calls.push([command, asked]);
    const answer = this.#answers[command];
    if (!answer) throw new Refused(data.failure("UNKNOWN_COMMAND", `« ${command} »`, `\`${command}\``));
    return (await answer(asked, onEvent ?? (() => undefined))) as T;
  }

  /** What was asked of a command, newest last. */
  asked(command: string): Record<string, unknown>[] {
    return this.calls.filter(([name]) => name === command).map(([, request]) => request);
  }

  listen(name: string, hear: (payload: unknown) => void): () => void {
    const ears = this.#ears.get(name) ?? new Set();
    ears.add(hear);
    this.#ears.set(name, ears);
    return () => ears.delete(hear);
  }

  say(name: string, payload: unknown): void {
    this.#ears.get(name)?.forEach((hear) => hear(payload));
  }

  tileUrl(key: string, layer: number): string {
    return `${location.origin}/no-tile/${key}/${layer}/{z}/{x}/{y}`;
  }
}
