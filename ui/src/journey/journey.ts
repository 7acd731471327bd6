/** The wizard as a value: no page, no network, so that every path through it is a table of tests. */
import type { Delivery } from "../bindings/Delivery";
import type { Judged } from "../bindings/Judged";
import type { Proposal } from "../bindings/Proposal";
import type { PyramidWish } from "../bindings/PyramidWish";
import type { Seen } from "../bindings/Seen";
import type { Service } from "../bindings/Service";
import type { Step } from "../bindings/Step";
import type { TableStyle } from "../bindings/TableStyle";
import type { Wish } from "../bindings/Wish";
import type { Zones } from "../bindings/Zones";

/** Where one is: a screen for several of the nine steps. */
export type Stage = "inspect" | "validate" | "package" | "preview" | "deliver" | "share";

/** What people may do with the data. */
export type Licence = "lo" | "odbl" | "ccby" | "none";

export interface Choices {
  name: string;
  title: string;
  abstract: string;
  keywords: string;
  services: Service[];
  srs: string | null;
  isPrivate: boolean;
  producer: string;
  licence: Licence;
  styles: TableStyle[];
  /** Of images; what is null is the engine's to choose. */
  pyramid: PyramidWish;
  zones: Zones;
}

export const NO_WISH: PyramidWish = { grid: null, compression: null, interpolation: null, top: null, bottom: null, mask: null };

/** A mended copy, and what it was made from. */
export interface Mended {
  folder: string;
  repairs: number;
  before: { paths: string[]; judged: Judged | null };
}

export interface Journey {
  paths: string[];
  mended: Mended | null;
  stage: Stage;
  seen: Seen | null;
  judged: Judged | null;
  choices: Choices | null;
  delivery: string | null;
  published: Delivery | null;
}

export type News =
  | { type: "seen"; seen: Seen }
  | { type: "judged"; judged: Judged }
  /** The journey goes on with the copy. */
  | { type: "mended"; folder: string; paths: string[]; repairs: number }
  /** It goes on with the files as they were. */
  | { type: "unmended" }
  | { type: "proposed"; proposal: Proposal; producer?: string }
  | { type: "chose"; change: Partial<Choices> }
  | { type: "went"; stage: Stage }
  | { type: "delivering"; id: string }
  | { type: "ended"; delivery: Delivery };

export const begin = (paths: string[]): Journey => ({
  paths,
  mended: null,
  stage: "inspect",
  seen: null,
  judged: null,
  choices: null,
  delivery: null,
  published: null,
});

/** A journey seen again from its delivery: after a restart, or from the list. */
export const comeBack = (delivery: Delivery): Journey => ({
  ...begin(delivery.wish.paths),
  stage: delivery.state === "published" ? "share" : "deliver",
  delivery: delivery.id,
  published: delivery.state === "published" ? delivery : null,
});

export function reduce(journey: Journey, news: News): Journey {
  switch (news.type) {
    case "seen":
      return { ...journey, seen: news.seen };
    case "judged":
      return { ...journey, judged: news.judged, seen: { sources: news.judged.sources } };
    case "mended": {
      const before = journey.mended?.before ?? { paths: journey.paths, judged: journey.judged };
      return { ...journey, paths: news.paths, judged: null, mended: { folder: news.folder, repairs: news.repairs, before } };
    }
    case "unmended":
      return journey.mended ? { ...journey, paths: journey.mended.before.paths, judged: journey.mended.before.judged, mended: null } : journey;
    case "proposed":
      return { ...journey, choices: journey.choices ?? { ...choicesOf(news.proposal), producer: news.producer ?? "" } };
    case "chose":
      return journey.choices ? { ...journey, choices: { ...journey.choices, ...news.change } } : journey;
    case "went":
      return canGo(journey, news.stage) ? { ...journey, stage: news.stage } : journey;
    case "delivering":
      return { ...journey, stage: "deliver", delivery: news.id, published: null };
    case "ended":
      return news.delivery.id === journey.delivery && news.delivery.state === "published"
        ? { ...journey, published: news.delivery }
        : journey;
  }
}

function choicesOf(proposal: Proposal): Choices {
  return {
    name: proposal.name,
    title: proposal.title,
    abstract: proposal.abstract_,
    keywords: proposal.keywords.join(", "),
    services: proposal.services.filter((s) => s.proposed).map((s) => s.service),
    srs: null,
    isPrivate: false,
    producer: "",
    licence: "lo",
    styles: [],
    pyramid: NO_WISH,
    zones: "whole",
  };
}

/** Whether a stage may be entered: each needs what the one before gives. */
export function canGo(journey: Journey, stage: Stage): boolean {
  switch (stage) {
    case "inspect":
      return journey.paths.length > 0;
    case "validate":
      return journey.seen !== null;
    case "package":
      return journey.judged !== null && journey.judged.blocks === 0;
    case "preview":
      return canGo(journey, "package") && (journey.choices?.services.length ?? 0) > 0 && journey.choices?.name !== "";
    case "deliver":
      return journey.delivery !== null;
    case "share":
      return journey.published !== null;
  }
}

/** What the engine is asked to do. */
export function wishOf(journey: Journey, choices: Choices, rehearsal: boolean): Wish {
  const keywords = choices.keywords.split(",").map((k) => k.trim());
  return {
    paths: journey.paths,
    services: choices.services,
    name: choices.name,
    datasheet: null,
    title: choices.title,
    abstract_: choices.abstract,
    keywords: keywords.filter((k) => k !== ""),
    styles: choices.styles,
    srs: choices.srs,
    private: choices.isPrivate,
    producer: choices.producer.trim() || null,
    licence: choices.licence === "none" ? null : LICENCES[choices.licence].name,
    licence_url: choices.licence === "none" ? null : LICENCES[choices.licence].url,
    pyramid: choices.pyramid,
    // a cut that is not downloaded is no choice
    zones: choices.services.includes("download") ? choices.zones : "whole",
    rehearsal,
    preview: false,
  };
}

/** The licences that a French law or the practice of open data names, with the text of each. */
export const LICENCES: Record<Exclude<Licence, "none">, { name: string; url: string }> = {
  lo: { name: "Licence Ouverte 2.0 (Etalab)", url: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/" },
  odbl: { name: "ODbL 1.0", url: "https://opendatacommons.org/licenses/odbl/1-0/" },
  ccby: { name: "CC BY 4.0", url: "https://creativecommons.org/licenses/by/4.0/deed.fr" },
};

/** The nine steps, and the screen of each. */
export const STEPS: readonly (readonly [Step, Stage | null])[] = [
  ["drop", null],
  ["inspect", "inspect"],
  ["validate", "validate"],
  ["package", "package"],
  ["upload", "deliver"],
  ["check", "deliver"],
  ["process", "deliver"],
  ["publish", "deliver"],
  ["share", "share"],
];

/** How far a step is: behind, here, or ahead. */
export function standing(step: Step, journey: Journey, running: Step | null): "done" | "current" | "ahead" {
  const order = STEPS.map(([s]) => s);
  const now: Step =
    journey.stage === "deliver" ? (running ?? "upload") : journey.stage === "share" ? "share" : journey.stage === "preview" ? "package" : journey.stage;
  // while delivering, packaging comes first
  const at = order.indexOf(now);
  const of = order.indexOf(step);
  if (of < at) return "done";
  return of === at ? "current" : "ahead";
}
