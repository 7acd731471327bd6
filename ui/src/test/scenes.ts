/** Every state that a person may meet, each a table of the engine's answers and the way to it from
 *  home: drawn, photographed, and checked for access. */
import * as data from "./data";
import { never, refuse, type Answers } from "./fake";

export interface Scene {
  answers?: Answers;
  /** Test ids pressed in turn, from home. */
  press?: string[];
  /** What is on screen when the state is reached. */
  until?: string;
}

const at = (state: Parameters<typeof data.delivery>[0], change: Parameters<typeof data.delivery>[1] = {}): Answers => ({
  watch: (_, tell) => {
    const now = data.delivery(state, change);
    tell({ type: "delivery", delivery: now });
    return state === "running" ? new Promise(() => undefined) : now;
  },
});

const toPackage = ["choose-files", "next", "next"];
const toDelivery = [...toPackage, "publish", "confirm"];
const failed = (which: keyof typeof data.FAILURES, step: "upload" | "check" | "publish"): Scene => ({
  answers: at("failed", { step, failure: data.FAILURES[which] }),
  press: toDelivery,
  until: "failure",
});

export const SCENES: Record<string, Scene> = {
  "home-first": { answers: { sheets: () => [], deliveries: () => [] }, until: "drop-zone" },
  "home-loading": { answers: { sheets: never, here: never }, until: "waiting" },
  "home-busy": {
    answers: {
      deliveries: () => [
        data.delivery("running"),
        data.delivery("paused", { id: "d2", step: "check" }),
        data.delivery("failed", { id: "d3", step: "check", failure: data.FAILURES.check }),
        data.delivery("published", { id: "d4", step: "publish" }),
      ],
      recent: () => [
        { name: "CANTON.shp", paths: ["/a/CANTON.shp"], when: 1_774_000_000, found: true },
        { name: "zones_humides.gpkg", paths: ["/a/z.gpkg"], when: 1_773_000_000, found: false },
      ],
      here: () => data.account,
    },
    until: "delivery-card",
  },
  "home-offline": { answers: { sheets: refuse(data.FAILURES.offline), here: refuse(data.FAILURES.offline) }, until: "failure" },
  "home-signed-out": { answers: { sheets: refuse(data.FAILURES.signIn), here: refuse(data.FAILURES.signIn) }, until: "sign-in-again" },
  "home-no-right": { answers: { sheets: refuse(data.FAILURES.noRight), here: () => data.account }, until: "failure" },
  "inspect-partial": {
    answers: {
      look: never,
      inspect: () => ({
        sources: [
          data.source,
          {
            key: "f00d",
            inventory: { ...data.source.inventory, path: "/a/routes.gpkg", kind: "unreadable", layers: [], problem: { code: "FILE_TRUNCATED", message: "Le fichier est coupé avant la fin." } },
          },
        ],
      }),
    },
    press: ["choose-files"],
    until: "reading",
  },
  "inspect-empty": { answers: { inspect: () => ({ sources: [] }), look: () => ({ ...data.judged([]), sources: [] }) }, press: ["choose-files"], until: "empty" },
  "inspect-refused": {
    answers: { inspect: refuse(data.failure("PATH_NOT_GIVEN", "« /etc » n’a été ni déposé ni choisi.", "`/etc` was neither dropped nor chosen.", ["Déposez le fichier.", "Drop the file."])) },
    press: ["choose-files"],
    until: "failure",
  },
  inspect: { press: ["choose-files"], until: "table" },
  "validate-clean": { answers: { look: () => data.judged([]) }, press: ["choose-files", "next"], until: "verdict" },
  "validate-blocked": {
    answers: { look: () => data.judged([data.noCrs, data.invalid(3, 5.5, 46.8), data.invalid(12, 5.9, 47.1), data.renamedField("INSEE_DEP")]) },
    press: ["choose-files", "next"],
    until: "finding",
  },
  "validate-repairs": {
    answers: { look: () => data.judged([data.invalid(3, 5.5, 46.8), data.invalid(12, 5.9, 47.1), data.renamedField("ID")]), plan_repairs: () => data.repairPlan },
    press: ["choose-files", "next"],
    until: "before-after",
  },
  package: { press: toPackage, until: "plan" },
  "package-taken": { answers: { check_name: ({ name }) => ({ conforms: true, proposal: String(name), taken: true }), here: () => data.account }, press: toPackage, until: "plan" },
  "package-refused": { answers: { plan: refuse(data.FAILURES.refused) }, press: toPackage, until: "failure" },
  confirm: { answers: { here: () => data.account }, press: [...toPackage, "publish"], until: "no-return" },
  "preview-making": { answers: at("running", { id: "p1", step: "process", total: null }), press: [...toPackage, "rehearse"], until: "rehearsal" },
  "deliver-running": { answers: at("running"), press: toDelivery, until: "pause" },
  "deliver-paused": { answers: at("paused"), press: toDelivery, until: "resume" },
  "deliver-check-failed": failed("check", "check"),
  "deliver-offline": failed("offline", "upload"),
  "deliver-signed-out": failed("signIn", "upload"),
  "deliver-no-right": failed("noRight", "publish"),
  "deliver-no-quota": failed("noQuota", "publish"),
  "deliver-unstable": failed("unstable", "publish"),
  share: { press: toDelivery, until: "probed" },
  "share-silent": {
    answers: { probe: () => data.shared([data.offering("WFS"), data.offering("DOWNLOAD", "blank")]) },
    press: toDelivery,
    until: "probed",
  },
  "share-none": { answers: { share: () => data.shared([]) }, press: toDelivery, until: "empty" },
  settings: { press: ["settings"], until: "about" },
  account: { answers: { here: () => data.account }, press: ["where"], until: "account" },
  accounts: {
    answers: {
      here: () => data.account,
      accounts: () => ({ current: "production/camille", accounts: [data.someone, { ...data.someone, id: "qualification/camille", profile: "qualification" }], keychain: "no bus", file_open: false }),
      profiles: () => [data.profile, { profile: { ...data.profile.profile, name: "own", title: ["Ma plateforme", "My platform"] }, missing: ["l’identifiant du client", "the client id"] }],
    },
    press: ["where"],
    until: "account-line",
  },
  "signing-in": {
    answers: {
      here: refuse(data.FAILURES.signIn),
      sign_in: (_, tell) => {
        tell({ type: "awaited", url: "https://sso.example/authorize?x=1", opened: false });
        return new Promise(() => undefined);
      },
    },
    press: ["where", "sign-in-browser"],
    until: "signing-in",
  },
  "account-no-broadcast": {
    answers: { here: () => ({ ...data.account, communities: [{ community: "Val d’Orne", rights: ["UPLOAD"] }] }) },
    press: ["where"],
    until: "account",
  },
};
