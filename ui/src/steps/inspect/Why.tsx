/** What stopped the reading of a file, in the person's language: the catalogue's sentence, filled. */
import { useQuery } from "@tanstack/react-query";
import type { Problem } from "../../bindings/Problem";
import { catalogue, keys } from "../../platform/queries";
import { useLanguage } from "../../platform/words";

/** `file`: the name to say, where the problem means no other. */
export function Why({ problem, file }: { problem: Problem; file: string }) {
  const language = useLanguage();
  const codes = useQuery({ queryKey: keys.catalogue, queryFn: catalogue, staleTime: Infinity });
  const sentence = codes.data?.find((c) => c.code === problem.code)?.sentences[language === "fr" ? 0 : 1] ?? "";
  const values = new globalThis.Map([["file", problem.file ?? file], ["says", problem.message], ...(problem.values ?? [])]);
  const said = sentence.replace(/\{(\w+)\}/g, (hole, name: string) => values.get(name) ?? hole);
  // a sentence with a hole says less than the reader's own words
  return <>{said === "" || /\{\w+\}/.test(said) ? problem.message : said}</>;
}
