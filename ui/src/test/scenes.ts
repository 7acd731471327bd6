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
/** The page of a datasheet of images, and what is found of its updates. */
const live = (change: Parameters<typeof data.updatable>[0], more: Answers = {}): Answers => ({
  sheet: () => data.imageSheet,
  share: () => data.shared(data.imageServices),
  probe: () => data.shared(data.imageServices),
  updatable: () => data.updatable(change),
  ...one(data.setSource()),
  ...more,
});
/** An act that stands as it does. */
const act = (update: Parameters<typeof data.acting>[0], state: "running" | "paused" | "failed", change: Parameters<typeof data.acting>[2] = {}, waits: Parameters<typeof data.updatable>[0] = {}): Answers => {
  const delivery = data.acting(update, state, change);
  const watch: Answers[string] = (_, tell) => {
    tell({ type: "delivery", delivery });
    return state === "running" ? new Promise(() => undefined) : delivery;
  };
  return live({ ...waits, delivery }, { watch });
};
/** An act that runs when the page comes, and ends before it. */
const ends = (update: Parameters<typeof data.acting>[0]): Answers => {
  let over = false;
  const watch: Answers[string] = () => {
    over = true;
    return data.acting(update, "published");
  };
  return live({}, { watch, updatable: () => data.updatable({ delivery: data.acting(update, over ? "published" : "running") }) });
};
/** What the doctor tells, then answers; never where it is null. */
const checked = ([told, answer]: [ReturnType<typeof data.hops>, ReturnType<typeof data.hops> | null]): Answers => ({
  doctor: (_, tell) => {
    told.forEach(tell);
    return answer ?? new Promise(() => undefined);
  },
});
const SHOW = { act: "show", how: "successive" } as const;
const noRight = data.failure("RIGHT_MISSING", "Il manque le droit BROADCAST dans cet entrepôt : publier les services.", "The right BROADCAST is missing in this datastore: publishing the services.", ["Demandez ce droit au superviseur de l’espace de travail.", "Ask the community's supervisor for that right."]);

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
  "update-free": { answers: live({}), press: ["open-sheet"], until: "update-begin" },
  "update-loading": { answers: { ...live({}), updatable: never }, press: ["open-sheet"], until: "waiting" },
  "update-nothing": {
    answers: { ...live({}), updatable: refuse(data.failure("UPDATE_NO_PYRAMID", "« ortho » n’a pas de pyramide d’images en ligne : il n’y a rien à mettre à jour.", "`ortho` has no live pyramid of images: there is nothing to update.")) },
    press: ["open-sheet"],
    until: "update-nothing",
  },
  "update-several": {
    answers: { ...live({}), updatable: refuse(data.failure("UPDATE_SEVERAL", "Les services de « ortho » montrent 2 pyramides : laquelle mettre à jour ne se devine pas.", "The services of `ortho` show 2 pyramids: which one to update cannot be guessed.", ["Publiez à nouveau les images d’origine sous ce nom, pour que tous les services montrent la même pyramide.", "Publish the original images again under that name, so that all services show the same pyramid."])) },
    press: ["open-sheet"],
    until: "failure",
  },
  "update-no-right": { answers: live({ refused: noRight }), press: ["open-sheet"], until: "failure" },
  ...stopped("update", "updatable", ["open-sheet"], live({})),
  "update-form": { answers: live({}, { here: () => data.account }), press: ["open-sheet", "update-begin"], until: "update-form" },
  "update-form-looking": { answers: live({}, { inspect: never }), press: ["open-sheet", "update-begin", "update-files"], until: "waiting" },
  "update-form-no-image": { answers: live({}, { inspect: () => ({ sources: [data.source] }) }), press: ["open-sheet", "update-begin", "update-files"], until: "update-none" },
  "update-form-chosen": { answers: live({}, { here: () => data.account }), press: ["open-sheet", "update-begin", "update-folder", "way-successive"], until: "update-start" },
  "update-form-refused": {
    answers: live({}, { update: refuse(data.failure("ALREADY_RUNNING", "Une mise à jour de « ortho » est déjà en cours.", "An update of `ortho` is already running.", ["Attendez qu’elle finisse, ou mettez-la en pause.", "Wait for it to end, or pause it."])) }),
    press: ["open-sheet", "update-begin", "update-folder", "way-merge", "update-start"],
    until: "failure",
  },
  "update-running": { answers: act(SHOW, "running"), press: ["open-sheet"], until: "pause" },
  "update-paused": { answers: act(SHOW, "paused"), press: ["open-sheet"], until: "give-up" },
  "update-failed": { answers: act(SHOW, "failed", { step: "process", failure: data.PROCESSING }, { waiting: data.waiting("begun") }), press: ["open-sheet"], until: "give-up" },
  "update-begun": { answers: live({ waiting: data.waiting("begun", "merge") }), press: ["open-sheet"], until: "update-begun" },
  "update-go-on": { answers: live({ waiting: data.waiting("begun", "merge") }), press: ["open-sheet", "update-go-on"], until: "update-form" },
  "update-shown": { answers: live({ waiting: data.waiting("shown") }), press: ["open-sheet"], until: "update-shown" },
  "update-confirm": { answers: live({ waiting: data.waiting("shown", "injection") }, { here: () => data.account }), press: ["open-sheet", "update-confirm"], until: "no-return" },
  "update-undo": { answers: live({ waiting: data.waiting("shown") }, { here: () => data.account }), press: ["open-sheet", "update-undo"], until: "update-sure" },
  "update-confirming": { answers: act({ act: "confirm" }, "running", { step: "process", total: null }, { waiting: data.waiting("injecting", "injection") }), press: ["open-sheet"], until: "pause" },
  "update-confirm-failed": { answers: act({ act: "confirm" }, "failed", { step: "publish", failure: data.FAILURES.unstable }, { waiting: data.waiting("shown") }), press: ["open-sheet"], until: "not-now" },
  "update-injecting": { answers: live({ waiting: data.waiting("injecting", "injection") }), press: ["open-sheet"], until: "update-injecting" },
  "update-undoing": { answers: act({ act: "undo" }, "running", { step: "publish", total: null }, { waiting: data.waiting("shown") }), press: ["open-sheet"], until: "pause" },
  "update-confirmed": { answers: ends({ act: "confirm" }), press: ["open-sheet"], until: "update-ended" },
  "update-undone": { answers: ends({ act: "undo" }), press: ["open-sheet"], until: "update-ended" },
  "home-updates": {
    answers: {
      deliveries: () => [
        data.acting(SHOW, "running", { step: "process", total: null }),
        data.acting(SHOW, "published", { id: "d2", step: "publish" }),
        data.acting({ act: "confirm" }, "published", { id: "d3", step: "publish" }),
        data.acting({ act: "undo" }, "published", { id: "d4", step: "publish" }),
      ],
    },
    until: "delivery-card",
  },
  settings: { press: ["settings"], until: "about" },
  "settings-trusted": { answers: { network: () => data.trusting }, press: ["settings"], until: "remove-authorities" },
  "settings-trust-fixed": { answers: { network: () => ({ ...data.trusting, authorities: { ...data.trusted, fixed: true } }) }, press: ["settings"], until: "authorities" },
  "settings-trust-gone": {
    answers: { network: () => ({ ...data.trusting, authorities: { ...data.trusted, certificates: 0, fault: data.failure("CA_FILE", "Le certificat « /home/camille/mairie-racine.pem » ne se lit pas : No such file or directory", "The certificate `/home/camille/mairie-racine.pem` cannot be read: No such file or directory", ["Redonnez le fichier, ou retirez-le : Réglages › Réseau, ou quai network --trust none.", "Give the file again, or remove it: Settings › Network, or quai network --trust none."]) } }) },
    press: ["settings"],
    until: "remove-authorities",
  },
  "settings-trust-refused": {
    answers: { choose_authorities: refuse(data.failure("CA_FILE", "« /home/camille/note.txt » n’est pas un certificat d’autorité : there is no certificate in the file of authorities", "`/home/camille/note.txt` is not a certificate of an authority: there is no certificate in the file of authorities", ["Demandez à votre service informatique le certificat racine, en PEM (.pem, .crt) ou en DER (.cer).", "Ask your IT department for the root certificate, in PEM (.pem, .crt) or DER (.cer)."])) },
    press: ["settings", "choose-authorities"],
    until: "failure",
  },
  "check-trying": { answers: checked([data.hops().slice(0, 5), null]), press: ["settings", "check-connection"], until: "stop-check" },
  "check-well": { answers: checked([data.hops(), data.hops()]), press: ["settings", "check-connection"], until: "check-verdict" },
  "check-failed": { answers: checked([data.hops(data.UNTRUSTED), data.hops(data.UNTRUSTED)]), press: ["settings", "check-connection"], until: "check-choose-authorities" },
  "check-nobody": { answers: checked([data.hops(data.NOBODY), data.hops(data.NOBODY)]), press: ["settings", "check-connection"], until: "check-sign-in" },
  "check-stopped": { answers: { doctor: refuse(data.failure("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked.")) }, press: ["settings", "check-connection"], until: "check-stopped" },
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
