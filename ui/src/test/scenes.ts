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

const set = (faulty: boolean): Answers => ({
  inspect: () => ({ sources: [data.setSource(faulty)] }),
  look: () => ({ ...data.judged([]), sources: [data.setSource(faulty)] }),
  propose: () => data.imageProposal,
  plan: ({ zones }) => data.imagePlan(zones),
});
const images = set(false);
const one = (source: typeof data.imageSource): Answers => ({ ...images, inspect: () => ({ sources: [source] }), look: () => ({ ...data.judged([]), sources: [source] }) });
const full: Answers = {
  pyramid: ({ wish }) => {
    const shown = data.pyramid(wish as Parameters<typeof data.pyramid>[0]);
    const why: [string, string] = ["La compression jpg ne convient pas à ces images : 4 canaux de type Byte, transparence oui.", "The compression jpg does not suit these images: 4 channels of type Byte, transparency yes."];
    return { ...shown, room_bytes: 40_000_000, seconds: null, measured: 0, compressions: shown.compressions.map((c) => (c.id.startsWith("jpg") ? { ...c, refused: why, bytes: 0 } : c)) };
  },
};
/** One screen, stopped by each kind of trouble. */
const stopped = (name: string, command: string, press: string[], more: Answers = {}): Record<string, Scene> =>
  Object.fromEntries(
    (["offline", "signIn", "noRight"] as const).map((trouble) => [
      `${name}-${{ offline: "offline", signIn: "signed-out", noRight: "no-right" }[trouble]}`,
      { answers: { ...more, [command]: refuse(data.FAILURES[trouble]) }, press, until: "failure" },
    ]),
  );

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
  "inspect-loading": { answers: { inspect: never }, press: ["choose-files"], until: "reading" },
  "inspect-image": { answers: one(data.imageSource), press: ["choose-files"], until: "bands" },
  "inspect-image-reading": { answers: { ...one(data.unread(data.imageSource)), look: never }, press: ["choose-files"], until: "bands" },
  "inspect-heights": { answers: one(data.heightSource), press: ["choose-files"], until: "bands" },
  "inspect-set": { answers: images, press: ["choose-files"], until: "set" },
  "inspect-set-faulty": { answers: set(true), press: ["choose-files", "set-open"], until: "set-unlike" },
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
  "validate-loading": { answers: { look: never }, press: ["choose-files"], until: "reading" },
  "validate-repairs-refused": {
    answers: {
      look: () => data.judged([data.invalid(3, 5.5, 46.8)]),
      plan_repairs: () => data.repairPlan,
      repair: refuse(data.failure("DISK", "Écriture de la copie : plus de place sur le disque", "Writing the copy: no space left on the disk", ["Vérifiez la place et les droits sur le disque.", "Check the disk's space and permissions."])),
    },
    press: ["choose-files", "next", "repair"],
    until: "failure",
  },
  "package-loading": { answers: { plan: never }, press: toPackage, until: "waiting" },
  "package-images": { answers: images, press: toPackage, until: "pyramid-plan" },
  "package-images-adjust": { answers: images, press: [...toPackage, "pyramid-open"], until: "pyramid-mask" },
  "package-images-loading": { answers: { ...images, pyramid: never }, press: toPackage, until: "waiting" },
  "package-images-full": { answers: { ...images, ...full }, press: [...toPackage, "pyramid-open"], until: "pyramid-full" },
  "package-images-refused": {
    answers: { ...images, pyramid: refuse(data.failure("PROCESSING_MISSING", "Cet entrepôt n’a pas de traitement RASTER → ROK4-PYRAMID-RASTER.", "This datastore has no processing RASTER → ROK4-PYRAMID-RASTER.", ["Demandez-le au gestionnaire de l’entrepôt.", "Ask the datastore’s manager for it."])) },
    press: toPackage,
    until: "failure",
  },
  ...stopped("package-images", "pyramid", toPackage, images),
  "package-zones": { answers: images, press: [...toPackage, "service-download", "zones-files"], until: "plan-zones" },
  style: { press: [...toPackage, "style-edit"], until: "style-done" },
  package: { press: toPackage, until: "plan" },
  "package-taken": { answers: { check_name: ({ name }) => ({ conforms: true, proposal: String(name), taken: true }), here: () => data.account }, press: toPackage, until: "plan" },
  "package-refused": { answers: { plan: refuse(data.FAILURES.refused) }, press: toPackage, until: "failure" },
  confirm: { answers: { here: () => data.account }, press: [...toPackage, "publish"], until: "no-return" },
  "preview-making": { answers: at("running", { id: "p1", step: "process", total: null }), press: [...toPackage, "rehearse"], until: "rehearsal" },
  "confirm-offline": { answers: { here: refuse(data.FAILURES.offline) }, press: [...toPackage, "publish"], until: "failure" },
  "preview-failed": { answers: at("failed", { id: "p1", step: "process", failure: data.PROCESSING }), press: [...toPackage, "rehearse"], until: "failure" },
  "deliver-loading": { answers: { watch: never }, press: toDelivery, until: "waiting" },
  "deliver-refused": failed("refused", "publish"),
  "deliver-process-failed": { answers: at("failed", { step: "process", failure: data.PROCESSING }), press: toDelivery, until: "failure" },
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
  "share-loading": { answers: { share: never }, press: toDelivery, until: "waiting" },
  "share-probing": { answers: { probe: never }, press: toDelivery, until: "probes" },
  "share-lone-wfs": { answers: { share: () => data.shared([data.tables]), probe: () => data.shared([data.tables]) }, press: toDelivery, until: "layer-names" },
  "share-images": {
    answers: { share: () => data.shared(data.imageServices), probe: () => data.shared(data.imageServices) },
    press: toDelivery,
    until: "probed",
  },
  ...stopped("share", "share", toDelivery),
  sheet: { press: ["open-sheet"], until: "probed" },
  "sheet-loading": { answers: { sheet: never, share: never }, press: ["open-sheet"], until: "waiting" },
  "sheet-empty": { answers: { share: () => data.shared([]), sheet: () => ({ name: "canton", entities: [] }) }, press: ["open-sheet"], until: "empty" },
  "sheet-unstable": {
    answers: {
      share: () => data.shared([{ ...data.offering("WFS"), status: "UNSTABLE" }]),
      probe: () => data.shared([{ ...data.offering("WFS", "blank"), status: "UNSTABLE" }]),
      sheet: () => ({ name: "canton", entities: [{ _id: "e1", entity: "offering", type: "WFS", name: "canton", status: "UNSTABLE", urls: [] }] }),
    },
    press: ["open-sheet"],
    until: "probed",
  },
  ...stopped("sheet", "sheet", ["open-sheet"]),
  "sheet-remove": { press: ["open-sheet", "remove"], until: "confirm-remove" },
  "sheet-remove-refused": { answers: { delete: refuse(data.FAILURES.noRight) }, press: ["open-sheet", "remove", "confirm-remove"], until: "failure" },
  settings: { press: ["settings"], until: "about" },
  "settings-folder": { press: ["settings", "choose-data-folder"], until: "next-folder" },
  "settings-folder-refused": {
    answers: { choose_data_folder: refuse(data.failure("DATA_FOLDER", "Quai ne peut rien écrire dans « /media/cdrom » : lecture seule", "Quai cannot write in `/media/cdrom`: read only", ["Choisissez un dossier à vous.", "Choose a folder of yours."])) },
    press: ["settings", "choose-data-folder"],
    until: "failure",
  },
  "settings-loading": { answers: { about: never, network: never }, press: ["settings"], until: "waiting" },
  "sign-in-refused": {
    answers: { sign_in: refuse(data.failure("SIGN_IN_REFUSED", "Le fournisseur d’identité a refusé la connexion.", "The identity provider refused the sign-in.", ["Recommencez, ou vérifiez le compte.", "Try again, or check the account."])) },
    press: ["where", "sign-in-browser"],
    until: "failure",
  },
  "account-offline": { answers: { here: refuse(data.FAILURES.offline) }, press: ["where"], until: "failure" },
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
