/** Words beside the screens that say them: French is the first of each pair, English the second, and
 *  the type asks for both. */
import { createContext, useContext } from "react";

export type Language = "fr" | "en";

type Pairs = Record<string, readonly [unknown, unknown]>;

/** What a text is used as: a sentence, a way to make one, or a table of them. */
type Said<F> = F extends string
  ? string
  : F extends (...of: infer A) => string
    ? (...of: A) => string
    : { readonly [K in keyof F]: Said<F[K]> };

export type Words<T extends Pairs> = { readonly [K in keyof T]: Said<T[K][0]> };

/** The second of each pair is used as the first is: a missing translation does not compile. */
type Both<T extends Pairs> = { readonly [K in keyof T]: readonly [unknown, Said<T[K][0]>] };

export function say<T extends Pairs>(pairs: T & Both<T>, language: Language): Words<T> {
  const at = language === "fr" ? 0 : 1;
  return Object.fromEntries(Object.entries(pairs).map(([key, pair]) => [key, pair[at]])) as Words<T>;
}

export const LanguageContext = createContext<Language>("fr");

export const useLanguage = (): Language => useContext(LanguageContext);

export const useWords = <T extends Pairs>(pairs: T & Both<T>): Words<T> => say(pairs, useLanguage());

/** One of the two sentences that the engine gives. */
export const pick = (both: readonly [string, string] | readonly string[], language: Language): string =>
  both[language === "fr" ? 0 : 1] ?? both[0] ?? "";

/** The word for what the platform or the engine names, or its own name where there is none. */
export const wordFor = (words: Readonly<Record<string, string>>, name: string): string => words[name] ?? name;

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

/** A length on the ground, from metres: 40 cm, 1.2 m, 3 km. */
export function ground(metres: number, language: Language): string {
  const [size, unit] = metres >= 1000 ? [metres / 1000, "km"] : metres >= 1 ? [metres, "m"] : [metres * 100, "cm"];
  return `${new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 2 }).format(size)} ${unit}`;
}

/** A value of a sample: as many digits as are read. */
export const value = (n: number, language: Language) => new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 5 }).format(n);

export const when = (seconds: number, language: Language) =>
  new Intl.DateTimeFormat(locale(language), { dateStyle: "medium", timeStyle: "short" }).format(new Date(seconds * 1000));
