/** Words beside the screens that say them: French is the first of each pair, English the second, and
 *  the type asks for both. */
import { createContext, useContext } from "react";

export type Language = "fr" | "en";

/** A pair: two sentences, or two ways to make one. */
type Pair = readonly [string, string] | readonly [(...of: never[]) => string, (...of: never[]) => string];

export type Words<T extends Record<string, Pair>> = { readonly [K in keyof T]: T[K][0] extends string ? string : T[K][0] };

export function say<T extends Record<string, Pair>>(pairs: T, language: Language): Words<T> {
  const at = language === "fr" ? 0 : 1;
  return Object.fromEntries(Object.entries(pairs).map(([key, pair]) => [key, pair[at]])) as Words<T>;
}

export const LanguageContext = createContext<Language>("fr");

export const useLanguage = (): Language => useContext(LanguageContext);

export const useWords = <T extends Record<string, Pair>>(pairs: T): Words<T> => say(pairs, useLanguage());

/** One of the two sentences that the engine gives. */
export const pick = (both: readonly [string, string] | readonly string[], language: Language): string =>
  both[language === "fr" ? 0 : 1] ?? both[0] ?? "";

const locale = (language: Language) => (language === "fr" ? "fr-FR" : "en-GB");

export const count = (n: number, language: Language) => new Intl.NumberFormat(locale(language)).format(n);

/** Bytes, decimal: 434 kB. */
export function bytes(n: number, language: Language): string {
  const units = language === "fr" ? ["o", "ko", "Mo", "Go", "To"] : ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let left = n;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${new Intl.NumberFormat(locale(language), { maximumFractionDigits: at > 0 && left < 100 ? 1 : 0 }).format(left)} ${units[at] ?? ""}`;
}

export const when = (seconds: number, language: Language) =>
  new Intl.DateTimeFormat(locale(language), { dateStyle: "medium", timeStyle: "short" }).format(new Date(seconds * 1000));
